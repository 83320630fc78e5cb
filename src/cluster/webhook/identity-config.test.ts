import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CompatibilitySwitch } from './compatibility.ts'
import { findConfigMapIdentity, parseIdentityConfig } from './identity-config.ts'
import { ROLE } from './testing/pods.ts'

function parse(entries: unknown, ...compatibility: readonly CompatibilitySwitch[]) {
  return parseIdentityConfig(typeof entries === 'string' ? entries : JSON.stringify(entries), new Set(compatibility))
}

describe('the ConfigMap of identities', () => {
  it('has an entry of its own before that for every namespace', () => {
    const { identities, warnings } = parse({ '*/orders': { RoleARN: 'any' }, 'shop/orders': { RoleARN: 'own' } })
    if (identities === undefined) throw new Error(warnings.join())
    const roleOf = (namespace: string, name: string) => findConfigMapIdentity(identities, { namespace, name })?.roleArn
    expect(roleOf('shop', 'orders')).toBe('own')
    expect(roleOf('dev', 'orders')).toBe('any')
    expect(roleOf('shop', 'billing')).toBeUndefined()
    expect(warnings).toEqual([])
  })

  it('may leave out everything, and its fields have any case, as Go reads them', () => {
    expect(parse({ 'shop/orders': {} }).identities?.get('shop/orders')).toEqual({
      key: 'shop/orders',
      roleArn: '',
      audience: '',
      usesRegionalSts: false,
      tokenExpirationSeconds: 0,
    })
    const written = { rolearn: ROLE, AUDIENCE: 'mine', useRegionalSts: true, tokenExpiration: 700 }
    expect(parse({ 'shop/orders': written }).identities?.get('shop/orders')).toMatchObject({
      roleArn: ROLE,
      audience: 'mine',
      usesRegionalSts: true,
      tokenExpirationSeconds: 700,
    })
  })

  it.each([
    ['orders', {}],
    ['shop/orders/more', {}],
    ['test-*/orders', {}],
    ['/orders', {}],
    ['shop/', {}],
    ['Shop/orders', {}],
    ['__proto__', {}],
    ['shop/orders', null],
    ['shop/orders', 'text'],
    ['shop/orders', { RoleARN: 5 }],
    ['shop/orders', { Audience: ['a'] }],
    ['shop/orders', { UseRegionalSTS: 'true' }],
    ['shop/orders', { TokenExpiration: 1.5 }],
    ['shop/orders', { TokenExpiration: '600' }],
  ])('leaves out the entry %j: %j, with a warning, and keeps the others', (key, entry) => {
    const text = `{${JSON.stringify(key)}:${JSON.stringify(entry)},"shop/good":{}}`
    const { identities, warnings } = parse(text)
    expect([...(identities?.keys() ?? [])]).toEqual(['shop/good'])
    expect(warnings).toHaveLength(1)
  })

  it('is unread as a whole because of one bad entry, if that is asked for', () => {
    for (const bad of [{ orders: {} }, { 'shop/orders': null }, { 'shop/orders': { RoleARN: 5 } }]) {
      expect(parse({ ...bad, 'shop/good': {} }, 'whole-config-map').identities).toBeUndefined()
    }
  })

  it('is read as the reference reads it, if that is asked for: what follows a second slash is nothing', () => {
    const { identities } = parse({ 'shop/orders/more': { RoleARN: ROLE } }, 'whole-config-map')
    expect(identities?.get('shop/orders')?.roleArn).toBe(ROLE)
  })

  it.each(['', '[]', 'null', '5', '{"shop/orders":', 'RoleARN: x'])('is unread as a whole when it is %j', (text) => {
    const { identities, warnings } = parse(text)
    expect(identities).toBeUndefined()
    expect(warnings).toHaveLength(1)
  })

  it('never throws, whatever its text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.dictionary(fc.string(), fc.jsonValue()).map((map) => JSON.stringify(map)),
        ),
        (text) => {
          const { warnings } = parse(text)
          expect(warnings.every((warning) => !/[\r\n]/.test(warning))).toBe(true)
        },
      ),
    )
  })
})
