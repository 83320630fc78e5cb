// An installation for a claim: started on a free port with a data directory of its own, stopped and removed afterwards.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** `command` is how openirsa is called: `[node, dist/cli/main.js]`, or what a package installed. */
export async function withInstallation({ command, flags = [], cwd, onLine = () => undefined }, work) {
  const folder = mkdtempSync(join(tmpdir(), 'openirsa-claim-'))
  const place = ['--data-dir', join(folder, 'data')]
  const [program, ...words] = command
  const child = spawn(program, [...words, 'up', '--demo', '--port', '0', '-o', 'json', ...place, ...flags], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise((resolve) => child.once('close', resolve))
  child.stderr.on('data', (part) => onLine(String(part)))
  try {
    const facts = JSON.parse(await firstLineOf(child, onLine))
    const openirsa = (...more) =>
      execFileSync(program, [...words, ...more.slice(0, 1), ...flagsAfter(more, place)], {
        cwd,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      })
    return await work({ facts, openirsa, dataDirectory: join(folder, 'data') })
  } finally {
    child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
}

/** `token mint` takes its flags after the second word. */
function flagsAfter([group, ...more], place) {
  return group === 'token' ? [...more.slice(0, 1), ...place, ...more.slice(1)] : [...place, ...more]
}

function firstLineOf(child, onLine) {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (part) => {
      text += part
      onLine(String(part))
      if (text.includes('\n')) resolve(text.split('\n')[0])
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`openirsa up ended with ${code} before it was ready: ${text}`)))
  })
}

/** The one call that shows nothing but a token, in its bare form; answers the temporary credentials. */
export async function exchange(
  endpoint,
  token,
  { role = 'arn:aws:iam::000000000000:role/orders', session = 'claim' } = {},
) {
  const form = {
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: role,
    RoleSessionName: session,
    WebIdentityToken: token,
  }
  const answer = await fetch(endpoint, { method: 'POST', body: new URLSearchParams(form) })
  const text = await answer.text()
  const field = (name) => text.split(`<${name}>`)[1]?.split(`</${name}>`)[0]
  return {
    status: answer.status,
    denial: answer.headers.get('x-openirsa-denial'),
    text,
    accessKeyId: field('AccessKeyId'),
    secretAccessKey: field('SecretAccessKey'),
    sessionToken: field('SessionToken'),
  }
}
