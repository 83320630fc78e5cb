import { afterEach, describe, expect, test } from 'vitest'
import { webhookFlags } from '../../config/index.ts'
import { endWith } from '../ending.ts'
import { createProgram } from '../program.ts'
import { terminalUnderTest } from '../testing/terminal-under-test.ts'

async function type(line: string) {
  const terminal = terminalUnderTest({ OPENIRSA_DATA_DIR: '/nowhere' })
  const { printed, said } = terminal
  try {
    await createProgram(terminal).parseAsync(line.split(' '), { from: 'user' })
    return { printed, said, code: Number(process.exitCode ?? 0) }
  } catch (failure) {
    return { printed, said, code: endWith(failure, terminal) }
  }
}

afterEach(() => {
  process.exitCode = undefined
})

describe.each(['webhook serve', 'serve webhook'])('openirsa %s', (command) => {
  test.each([
    ['--tokn-audience=x', /^openirsa: unknown flag `--tokn-audience`: did you mean --token-audience\?$/],
    ['-in-cluster=false', /^openirsa: unknown flag `-in-cluster`: did you mean --in-cluster\?$/],
    ['--in-cluster false', /^openirsa: unexpected argument `false`: a boolean takes its value with an equals sign/],
    ['--port=x', /^openirsa: --port: expected a whole number, found `x`$/],
    ['--token-audience=', /^openirsa: --token-audience: expected a value, found none: leave the flag out/],
    ['--compatibility=all', /^openirsa: --compatibility: there is no behaviour `all`: expected one of /],
    ['--endpoint-url=ftp://x', /^openirsa: --endpoint-url: expected a URL of https or http, found `ftp:\/\/x`$/],
    ['--tls-cipher-suites=X', /^openirsa: unsupported cipher suite: X: /],
    ['--kube-api=http://10.0.0.1', /^openirsa: --kube-api: expected an https URL, or http on loopback/],
    ['--kubeconfig=/no/such/file', /^openirsa: .*`?\/no\/such\/file/],
    ['--in-cluster=false -v=5', /^openirsa: this is no pod, and no API server is named: give --kubeconfig=FILE/],
    [
      '--in-cluster=false --kube-api=http://127.0.0.1:1 --tls-cert=/no/cert -v=5 --logtostderr',
      /^openirsa: no certificate: `\/no\/cert` cannot be read: name the files with --tls-cert and --tls-key/,
    ],
  ])('%s ends with 2 and one line that names the way out', async (flags, says) => {
    const { code, printed, said } = await type(`${command} ${flags}`)
    expect([code, printed, said.length]).toEqual([2, [], 1])
    expect(said[0]).toMatch(says)
  })

  test('--version prints it and ends', async () => {
    const { code, printed } = await type(`${command} -v=5 --version`)
    expect(code).toBe(0)
    expect(printed[0]).toMatch(/^openirsa \d+\.\d+\.\d+/)
  })
})

test('help has every flag of the table, with what it is when nobody says', async () => {
  const { code, printed } = await type('webhook serve --help')
  const text = printed.join('\n').replaceAll(/\s+/g, ' ')
  expect(code).toBe(0)
  for (const [name, { summary }] of Object.entries(webhookFlags)) {
    expect(text).toContain(`--${name}`)
    expect(text).toContain(summary)
  }
  expect(text).toContain('Default 86400.')
  expect((await type('help webhook')).printed.join('\n')).toContain('serve')
  expect((await type('serve webhook --help')).printed.join('\n')).toContain('openirsa webhook serve')
})
