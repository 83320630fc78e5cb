import { describe, expect, test } from 'vitest'
import { loadOptions } from './load.ts'
import { nearestWord } from './nearest-word.ts'
import { upOptions } from './options.ts'
import { asDuration } from './parsers.ts'

const nothing = { flags: {}, environment: {}, file: {} }

describe('options', () => {
  test('the defaults are those of the documentation', () => {
    const options = loadOptions(upOptions, nothing)
    expect(options).toMatchObject({
      port: 4566,
      account: ['000000000000'],
      region: 'us-east-1',
      listen: [],
      demo: false,
      stsRate: undefined,
    })
  })

  test('a flag wins over the environment, the environment over the file', () => {
    const file = { port: 1, region: 'eu-west-1', account: ['111111111111', '222222222222'] }
    const environment = {
      OPENIRSA_PORT: '2',
      OPENIRSA_REGION: 'eu-west-2',
      OPENIRSA_ALLOW_PRIVATE_ISSUER: 'a.test, b.test',
    }
    const options = loadOptions(upOptions, { flags: { port: '3' }, environment, file })
    expect(options.port).toBe(3)
    expect(options.region).toBe('eu-west-2')
    expect(options.account).toEqual(['111111111111', '222222222222'])
    expect(options.allowPrivateIssuer).toEqual(['a.test', 'b.test'])
  })

  test.each([
    ['port', '70000', '--port: expected a port from 0 to 65535, found `70000`'],
    ['account', '12', '--account: expected an account of twelve digits, found `12`'],
    ['region', 'Europe', '--region: expected a region such as us-east-1, found `Europe`'],
    ['listen', 'localhost', '--listen: expected an IP address, found `localhost`'],
    ['stsRate', '0', '--sts-rate: expected a whole number of requests a second, from 1, found `0`'],
  ])('--%s %s is refused with what was expected and found', (key, text, message) => {
    expect(() => loadOptions(upOptions, { ...nothing, flags: { [key]: text } })).toThrow(message)
  })

  test('a key that no table knows is refused and the one probably meant is named', () => {
    expect(() => loadOptions(upOptions, { ...nothing, file: { prot: 1 }, fileName: 'openirsa.yaml' })).toThrow(
      expect.objectContaining({ message: 'unknown option `prot` in `openirsa.yaml`', hint: 'did you mean `port`?' }),
    )
  })

  test('the result cannot be changed', () => {
    expect(Object.isFrozen(loadOptions(upOptions, nothing))).toBe(true)
  })
})

describe('durations', () => {
  test.each([
    ['900', 900],
    ['15m', 900],
    ['1h30m', 5400],
    ['7d', 604_800],
  ])('%s is %i seconds', (text, count) => {
    expect(asDuration(text, 'duration')).toBe(count)
  })

  test.each(['', '1.5h', '-1', '1 h', 'h'])('`%s` is refused', (text) => {
    expect(() => asDuration(text, 'duration')).toThrow('--duration: expected a duration such as 900s, 15m or 1h')
  })
})

test('the nearest word allows two slips and no more', () => {
  expect(nearestWord('tokn', ['token', 'trust'])).toBe('token')
  expect(nearestWord('otken', ['token', 'trust'])).toBe('token')
  expect(nearestWord('nothing', ['token', 'trust'])).toBeUndefined()
})
