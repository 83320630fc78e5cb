import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ApiError, ConfigError, TokenError } from './errors.ts'
import { headerValue, splitTarget } from './http-message.ts'
import type { AccountId } from './names.ts'
import { Secret } from './secret.ts'
import { seededRandomness } from './testing/fixed.ts'
import { epochSeconds, instant, instantOfEpochSeconds, plusSeconds, renderIsoSeconds, seconds } from './time.ts'
import { accountOfUniqueId, mintUniqueId } from './unique-id.ts'

describe('a secret', () => {
  it('is shown only when it is revealed', () => {
    const secret = new Secret('hunter2')
    const shown = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }),
      inspect(secret, { showHidden: true }),
    ]
    expect(shown.join()).not.toContain('hunter2')
    expect(secret.reveal()).toBe('hunter2')
  })
})

describe('ids', () => {
  const randomness = seededRandomness('ids')

  it.each(['000000000000', '111122223333', '999999999999'])('carry the account %s', (account) => {
    for (const prefix of ['AKIA', 'ASIA', 'AROA', 'AIDA'] as const) {
      const id = mintUniqueId(prefix, account as AccountId, randomness)
      expect(id).toMatch(prefix === 'AKIA' || prefix === 'ASIA' ? /^[A-Z]{4}[A-Z2-7]{16}$/ : /^[A-Z]{4}[A-Z2-7]{17}$/)
      expect(accountOfUniqueId(id)).toBe(account)
    }
  })

  it('are each their own', () => {
    const ids = Array.from({ length: 500 }, () => mintUniqueId('AROA', '111122223333' as AccountId, randomness))
    expect(new Set(ids).size).toBe(500)
  })

  it('without an account name none', () => {
    for (const id of ['', 'AKIA', 'AKIAIOSFODNN7EXAMPLE', 'AKIA????????????????'])
      expect(accountOfUniqueId(id)).toBeUndefined()
  })
})

describe('time', () => {
  it('counts whole seconds, rounded down', () => {
    expect(epochSeconds(instant(1999))).toBe(1)
    expect(plusSeconds(instantOfEpochSeconds(1), seconds(2))).toBe(3000)
    expect(renderIsoSeconds(instant(Date.parse('2019-11-09T13:34:41.999Z')))).toBe('2019-11-09T13:34:41Z')
  })
})

describe('a request', () => {
  it('is split at the first question mark and nowhere else', () => {
    expect(splitTarget('/a%2F../b?x=?&y')).toEqual({ path: '/a%2F../b', query: 'x=?&y' })
    expect(splitTarget('/a')).toEqual({ path: '/a', query: '' })
  })

  it('has its headers by any spelling', () => {
    expect(headerValue([['X-Amz-Date', '1']], 'x-amz-date')).toBe('1')
    expect(headerValue([], 'x-amz-date')).toBeUndefined()
  })
})

describe('errors', () => {
  it('carry their reason, facts, hint and cause, and their own name', () => {
    const cause = new Error('inner')
    const error = new TokenError('expired', 'expired', { issuer: 'i' }, { hint: 'renew', cause })
    expect(error).toMatchObject({
      name: 'TokenError',
      code: 'TOKEN',
      reason: 'expired',
      facts: { issuer: 'i' },
      hint: 'renew',
      cause,
    })
    expect(new ConfigError('x').hint).toBeUndefined()
  })

  it('are the fault of who caused them', () => {
    expect([400, 403, 500, 503].map((status) => new ApiError('X', status, 'x').fault)).toEqual([
      'Sender',
      'Sender',
      'Receiver',
      'Receiver',
    ])
  })
})
