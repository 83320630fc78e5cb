import { describe, expect, test } from 'vitest'
import { ConfigError } from '../core/index.ts'
import { parsePflags } from './pflag.ts'
import { parseGoDuration } from './pflag-values.ts'
import { loggingWebhookFlags, referenceWebhookFlags, webhookFlags } from './webhook-flags.ts'

const parse = (line: string) => parsePflags(webhookFlags, line === '' ? [] : line.split(' '))
const failureOf = (line: string): ConfigError => {
  try {
    parse(line)
  } catch (failure) {
    expect(failure).toBeInstanceOf(ConfigError)
    return failure as ConfigError
  }
  return expect.fail('nothing was refused')
}

describe('the forms of pflag', () => {
  test.each([
    ['--port=8443', 'port', 8443],
    ['--port 8443', 'port', 8443],
    ['--port 1 --port=8443', 'port', 8443],
    ['-v=5', 'v', 5],
    ['-v 5', 'v', 5],
    ['-v5', 'v', 5],
    ['--v=5', 'v', 5],
    ['--v 5', 'v', 5],
    ['--sts-regional-endpoint', 'sts-regional-endpoint', true],
    ['--sts-regional-endpoint=true', 'sts-regional-endpoint', true],
    ['--sts-regional-endpoint=T', 'sts-regional-endpoint', true],
    ['--in-cluster=false', 'in-cluster', false],
    ['--in-cluster=0', 'in-cluster', false],
    ['--aws-default-region=', 'aws-default-region', ''],
    ['--token-audience a=b', 'token-audience', 'a=b'],
    ['--token-audience --port', 'token-audience', '--port'],
    ['--token-expiration=-1', 'token-expiration', -1],
    ['--resync-period=1m30s', 'resync-period', 90_000],
    ['--service-account-lookup-grace-period 100ms', 'service-account-lookup-grace-period', 100],
    ['--log_file_max_size=1 --', 'log_file_max_size', 1],
    ['-o json', 'output', 'json'],
  ] as const)('%s', (line, name, value) => {
    const { values, given } = parse(line)
    expect(values[name]).toBe(value)
    expect([...given]).toContain(name)
  })

  test('what nobody gives has its fallback', () => {
    const { values, given } = parse('')
    expect(values.port).toBe(443)
    expect(values['token-audience']).toBe('sts.amazonaws.com')
    expect(given.size).toBe(0)
  })
})

describe('what is refused says what was found, and the way out', () => {
  test.each([
    ['--token-audence=x', /unknown flag `--token-audence`/, 'did you mean --token-audience?'],
    ['--log-dir=/tmp', /unknown flag `--log-dir`/, 'did you mean --log_dir?'],
    ['--frobnicate', /unknown flag `--frobnicate`/, 'see --help for all of them'],
    ['-port=80', /unknown flag `-port`/, 'did you mean --port?'],
    ['-in-cluster=false', /unknown flag `-in-cluster`/, 'did you mean --in-cluster?'],
    ['--__proto__=1', /unknown flag `--__proto__`/, 'see --help for all of them'],
    ['--toString', /unknown flag/, 'see --help for all of them'],
    [
      '--in-cluster false',
      /unexpected argument `false`/,
      'a boolean takes its value with an equals sign: --flag=false',
    ],
    ['serve', /unexpected argument `serve`/, 'only flags are taken here'],
    ['-- x', /unexpected argument `x`/, 'only flags are taken here'],
    ['-', /unexpected argument/, 'only flags are taken here'],
    ['--port', /--port: expected a value after it/, 'write --port=VALUE'],
  ])('%s', (line, message, hint) => {
    const failure = failureOf(line)
    expect(failure.message).toMatch(message)
    expect(failure.hint).toBe(hint)
  })

  test.each([
    ['--port=', '--port: expected a whole number, found ``'],
    ['--port=8443x', '--port: expected a whole number, found `8443x`'],
    ['--port=70000', '--port: expected a whole number from 0 to 65535, found `70000`'],
    ['--in-cluster=maybe', '--in-cluster: expected true or false, found `maybe`'],
    ['--resync-period=60', '--resync-period: expected a duration such as 100ms, 60s or 1m30s, found `60`'],
    ['--failure-policy=fail', '--failure-policy: expected one of Ignore, Fail, found `fail`'],
    [
      '--service-account-lookup-grace-period=1h',
      '--service-account-lookup-grace-period: expected a duration such as 100ms, 60s or 1m30s from 0s to 30s, found `1h`',
    ],
  ])('%s', (line, message) => {
    expect(failureOf(line).message).toBe(message)
  })
})

test.each([
  ['0', 0],
  ['1.5s', 1500],
  ['1h2m3s4ms', 3_723_004],
  ['-1s', -1000],
  ['+2ms', 2],
  ['1us', 0.001],
  ['', undefined],
  ['s', undefined],
  ['1', undefined],
  ['1s ', undefined],
  ['1d', undefined],
  ['--1s', undefined],
])('the duration `%s` is %s ms', (text, milliseconds) => {
  expect(parseGoDuration(text)).toBe(milliseconds)
})

test('every flag of the reference webhook is there, by name, and all fourteen of its log', () => {
  expect(Object.keys(referenceWebhookFlags).sort()).toEqual(
    (
      'annotation-prefix aws-default-region compose-role-arn container-credentials-audience container-credentials-full-uri ' +
      'container-credentials-token-mount-path container-credentials-token-path container-credentials-token-volume-name ' +
      'enable-debugging-handlers in-cluster kube-api kubeconfig metrics-port namespace port resync-period ' +
      'service-account-lookup-grace-period service-name sts-regional-endpoint tls-cert tls-cipher-suites tls-key ' +
      'tls-min-version tls-secret token-audience token-expiration token-mount-path version watch-config-map ' +
      'watch-container-credentials-config'
    ).split(' '),
  )
  expect(Object.keys(loggingWebhookFlags)).toHaveLength(14)
})

test('every flag says in one sentence what it is, and its fallback is one of what it takes', () => {
  for (const [name, flag] of Object.entries<{
    summary: string
    choices?: readonly string[]
    fallback: unknown
  }>(webhookFlags)) {
    expect(flag.summary, name).toMatch(/^[A-Z/].+\.$/)
    if (flag.choices !== undefined) expect(flag.choices).toContain(flag.fallback)
  }
})
