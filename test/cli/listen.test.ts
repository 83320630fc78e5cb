import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, describe, expect, test } from 'vitest'
import { openirsa, temporaryDirectory, type Up, up } from './command.ts'

/** An address of this machine that is not loopback; a machine without a network has none, and is told so. */
const address = Object.values(networkInterfaces())
  .flatMap((interfaces) => interfaces ?? [])
  .find(({ internal, address: one }) => !internal && !one.startsWith('fe80:'))?.address

interface Answer {
  readonly status: number
  readonly text: string
}

/** Over https, trusting the installation's own authority and nothing else. */
function askSecurely({ facts }: Up, host: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const { port } = new URL(facts.endpoint)
  return new Promise((resolve, reject) => {
    const call = request({ host, port, path, ca: readFileSync(facts.caFile), headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
    })
    call.on('error', reject)
    call.end()
  })
}

describe.runIf(address !== undefined)(`up --listen ${address ?? ''}`, () => {
  const directory = temporaryDirectory()
  const host = address ?? ''
  const url = isIPv6(host) ? `[${host}]` : host
  const started: Up[] = []
  const start = async (...listen: readonly string[]): Promise<Up> => {
    for (const before of started.splice(0)) await before.stop()
    const made = await up(directory.path, ...listen.flatMap((one) => ['--listen', one]))
    started.push(made)
    return made
  }
  afterAll(async () => {
    for (const one of started) await one.stop()
    directory.remove()
  })

  test('is served there over https alone, by a certificate that names it; an authority that was trusted before stays', async () => {
    const before = readFileSync((await start()).facts.caFile, 'utf8')
    const running = await start(host, '127.0.0.2')
    expect(readFileSync(running.facts.caFile, 'utf8')).toBe(before)
    expect(await askSecurely(running, host, '/_openirsa/health')).toMatchObject({ status: 200 })
    const { port } = new URL(running.facts.endpoint)
    const plain = await fetch(`http://${url}:${port}/_openirsa/health`)
    expect([plain.status, await plain.text()]).toEqual([400, 'expected https on this address\n'])
    // Every address of loopback is this machine's own.
    expect((await fetch(`http://127.0.0.2:${port}/_openirsa/health`)).status).toBe(200)
    expect((await askSecurely(running, '127.0.0.2', '/_openirsa/health')).status).toBe(200)
    expect((await fetch(`${running.facts.endpoint}/_openirsa/health`)).status).toBe(200)
  })

  test('answers calls of AWS there, and not those of our own commands', async () => {
    const running = await start(host)
    const call = await askSecurely(running, host, '/?Action=GetCallerIdentity&Version=2011-06-15')
    expect([call.status, call.text]).toEqual([403, expect.stringContaining('MissingAuthenticationToken')])
    const token = readFileSync(`${directory.path}/control-token`, 'utf8').trim()
    const headers = { Authorization: `Bearer ${token}` }
    expect((await askSecurely(running, host, '/_openirsa/api/v1/service-accounts', headers)).status).toBe(404)
    expect((await askSecurely(running, '127.0.0.1', '/_openirsa/api/v1/service-accounts', headers)).status).toBe(200)
    expect(await openirsa(['cluster', 'list', '--data-dir', directory.path])).toMatchObject({ code: 0 })
  })

  test('an address that stands for all of them has the machine’s own in the certificate', async () => {
    const running = await start(isIPv6(host) ? '::' : '0.0.0.0')
    expect(await askSecurely(running, host, '/_openirsa/health')).toMatchObject({ status: 200 })
  })
})

test.runIf(address === undefined)('SKIPPED: this machine has no address but loopback to listen on', () => {
  expect(address).toBeUndefined()
})

test('an address that is not of this machine, or none, is one line with the way out', async () => {
  const directory = temporaryDirectory()
  for (const one of ['192.0.2.199', 'localhost', '256.1.1.1']) {
    const ended = await openirsa(['up', '--port', '0', '--listen', one, '--data-dir', directory.path])
    expect([ended.code, ended.out]).toEqual([2, ''])
    expect(ended.err).toContain('--listen')
    expect(ended.err.trim().split('\n')).toHaveLength(1)
  }
  directory.remove()
})
