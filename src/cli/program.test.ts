import { CommanderError } from 'commander'
import { afterEach, describe, expect, test } from 'vitest'
import { endWith } from './ending.ts'
import { createProgram } from './program.ts'
import { type TerminalUnderTest, terminalUnderTest } from './testing/terminal-under-test.ts'

interface Ended extends Pick<TerminalUnderTest, 'printed' | 'said'> {
  readonly code: number
}

async function type(line: string, input = '', environment: Record<string, string> = {}): Promise<Ended> {
  const terminal = terminalUnderTest({ OPENIRSA_DATA_DIR: '/nowhere/at/all', ...environment }, input)
  const { printed, said } = terminal
  try {
    await createProgram(terminal).parseAsync(line.split(' ').filter(Boolean), { from: 'user' })
    return { printed, said, code: Number(process.exitCode ?? 0) }
  } catch (failure) {
    return { printed, said, code: endWith(failure, terminal) }
  }
}

afterEach(() => {
  process.exitCode = undefined
})

describe('wrong usage ends with 2, one line that names the way out, and nothing on standard output', () => {
  test.each([
    ['tokn mint', /unknown command 'tokn' \(Did you mean token\?\)/],
    ['token mnt', /unknown command 'mnt' \(Did you mean mint\?\)/],
    ['up --prot 1', /unknown option '--prot' \(Did you mean --port\?\)/],
    ['frobnicate', /unknown command 'frobnicate': see `openirsa --help`/],
    ['token mint', /--service-account .*: see `openirsa token mint --help`/],
    ['token mint --service-account orders', /expected NAMESPACE\/NAME, found `orders`: such as shop\/orders/],
    [
      'token mint --service-account a/b --duration soon',
      /--duration: expected a duration such as 900s, 15m or 1h, found `soon`/,
    ],
    ['run --service-account a/b', /COMMAND/],
    ['env -o xml', /Allowed choices are table, json, yaml: see `openirsa env --help`/],
    ['env --shell csh', /sh, fish, pwsh/],
    ['apply', /--filename/],
    ['apply -f /no/such/file', /the file `\/no\/such\/file` cannot be read: there is none of that name/],
    ['up --port 65536', /--port: expected a port from 0 to 65535, found `65536`/],
    ['up --account 1', /twelve digits/],
    ['up --log-level loud', /debug, info, warn, error/],
    ['status', /there is no installation in `\/nowhere\/at\/all`: start one with `openirsa up`/],
    ['run --service-account a/b -- true', /there is no installation/],
    ['explain', /there is no installation/],
    ['explain nonsense', /x-openirsa-denial/],
    ['reset', /this would remove everything in `\/nowhere\/at\/all`: repeat with --yes/],
    ['reset --yes', /there is no installation/],
    ['token inspect', /there is no token: give a file, or pipe one/],
  ])('%s', async (line, says) => {
    const { code, printed, said } = await type(line)
    expect([code, printed]).toEqual([2, []])
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(says)
    expect(said[0]).toMatch(/^openirsa: /)
    expect(said[0]).not.toContain('\n')
  })
})

describe('help', () => {
  test('names every command but the demo, and the first steps', async () => {
    const { code, printed } = await type('--help')
    const text = printed.join('\n')
    expect(code).toBe(0)
    for (const word of ['up', 'down', 'status', 'reset', 'env', 'apply', 'run', 'token', 'explain'])
      expect(text).toMatch(new RegExp(`^ {2}${word}\\b`, 'm'))
    expect(text).not.toMatch(/^ {2}demo/m)
    expect(text).toContain('openirsa up --demo')
  })

  test('of a command comes by --help and by help', async () => {
    const one = await type('token mint --help')
    expect(one.printed.join('')).toContain('Usage: openirsa token mint')
    expect(one.code).toBe(0)
    expect((await type('help up')).printed.join('')).toContain('[OPENIRSA_PORT]')
    expect((await type('demo --help')).code).toBe(0)
  })

  test('as kubectl-openirsa it speaks as a plugin of kubectl', () => {
    expect(createProgram(terminalUnderTest(), '/usr/bin/kubectl-openirsa').helpInformation()).toContain(
      'Usage: kubectl openirsa',
    )
    expect(createProgram(terminalUnderTest(), '/usr/bin/openirsa').helpInformation()).toContain('Usage: openirsa')
  })
})

describe('a failure', () => {
  const end = (failure: unknown, environment: Record<string, string> = {}) => {
    const terminal = terminalUnderTest(environment)
    return { code: endWith(failure, terminal), said: terminal.said }
  }
  const control = (status: number) => Object.assign(Object.create(Error.prototype), { message: 'no', status })

  test('that nobody foresaw is one line, its trace only on demand', () => {
    const { code, said } = end(new TypeError('x is not\n  a function'))
    expect(code).toBe(2)
    expect(said).toEqual(['openirsa: x is not a function: a fault of openirsa; OPENIRSA_DEBUG=1 shows where'])
    expect(end(new TypeError('x'), { OPENIRSA_DEBUG: '1' }).said.join('\n')).toContain('program.test.ts')
  })

  test('that is no Error at all is told too', () => {
    expect(end('just words').said[0]).toContain('just words')
    expect(end(control(404)).code).toBe(2)
  })

  test('that commander has told already is not told twice', () => {
    expect(end(new CommanderError(1, 'commander.unknownOption', 'x'))).toEqual({ code: 2, said: [] })
    expect(end(new CommanderError(0, 'commander.helpDisplayed', 'x'))).toEqual({ code: 0, said: [] })
  })
})

describe('token inspect', () => {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const token = `${part({ alg: 'RS256', kid: 'k' })}.${part({ iss: 'kubernetes/serviceaccount', sub: 'system:serviceaccount:a:b' })}.c2ln`

  test('says NOT VERIFIED, in JSON too', async () => {
    expect((await type('token inspect', token)).printed[0]).toMatch(/^NOT VERIFIED: a legacy secret token/)
    expect(JSON.parse((await type('token inspect -o json', token)).printed[0] ?? '')).toMatchObject({
      verified: false,
      kind: 'legacy-secret',
    })
    expect((await type('token inspect -o yaml', token)).printed[0]).toMatch(/^verified: false\nkind: legacy-secret\n/)
  })

  test('of what is no token ends with 2', async () => {
    const { code, printed, said } = await type('token inspect', 'nonsense')
    expect([code, printed, said.length]).toEqual([2, [], 1])
  })
})

describe('explain', () => {
  test('a code is one object, a text a list of what fits', async () => {
    expect(JSON.parse((await type('explain IRSA301 -o json')).printed[0] ?? '')).toMatchObject({
      code: 'IRSA301',
      name: 'trust-sub',
    })
    const list = JSON.parse((await type('explain -o json Incorrect token audience')).printed[0] ?? '') as unknown[]
    expect(list).toMatchObject([{ code: 'IRSA202' }])
  })

  test('- reads the text from standard input', async () => {
    const { printed } = await type('explain -', 'botocore: Incorrect token audience\n')
    expect(printed[0]).toContain('IRSA202')
  })
})
