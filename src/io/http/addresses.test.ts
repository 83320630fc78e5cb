import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressKind, isLoopback } from './addresses.ts'
import { planAddresses } from './bind.ts'

describe('kinds of addresses', () => {
  it.each([
    [
      'public',
      [
        '8.8.8.8',
        '1.0.0.1',
        '172.15.255.255',
        '172.32.0.0',
        '100.63.255.255',
        '223.255.255.255',
        '2606:4700::1111',
        '2a00::1',
      ],
    ],
    [
      'private',
      [
        '127.0.0.1',
        '127.255.255.255',
        '10.0.0.1',
        '172.16.0.1',
        '172.31.255.255',
        '192.168.0.1',
        '100.64.0.1',
        '::1',
        'fc00::1',
        'fd12::1',
        '2001:db8::1',
      ],
    ],
    [
      'never',
      [
        '0.0.0.0',
        '169.254.169.254',
        '169.254.0.1',
        '224.0.0.1',
        '255.255.255.255',
        '100.100.100.200',
        '::',
        'fe80::1',
        'fe80::1%eth0',
        'ff02::1',
        '::7f00:1',
        '::ffff:127.0.0.1',
        '::ffff:8.8.8.8',
        '64:ff9b::808:808',
        '2002:7f00:1::',
        '2001:0:1::1',
        'fd00:ec2::254',
        '4000::1',
      ],
    ],
    ['never', ['', 'localhost', '127.1', '0x7f000001', '1.2.3.4.5', ':::', '8.8.8.8:443', '[::1]']],
  ] as const)('%s: %o', (kind, addresses) => {
    for (const address of addresses) expect(addressKind(address), address).toBe(kind)
  })

  it('no IPv6 address that carries a private IPv4 one is public', () => {
    fc.assert(
      fc.property(fc.constantFrom('::', '::ffff:', '64:ff9b::'), fc.ipV4(), (prefix, ipv4) => {
        expect(addressKind(`${prefix}${ipv4}`)).toBe(prefix === '::' && ipv4 === '0.0.0.1' ? 'private' : 'never')
      }),
    )
  })

  it('loopback is loopback, also as a dual-stack socket shows it', () => {
    for (const address of ['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'])
      expect(isLoopback(address), address).toBe(true)
    for (const address of ['', '10.0.0.1', '::2', '::ffff:10.0.0.1', 'localhost', '128.0.0.1'])
      expect(isLoopback(address), address).toBe(false)
  })
})

describe('the addresses to listen on', () => {
  it('are bound once each, and an address for all takes the place of those of its family', () => {
    expect(planAddresses(['127.0.0.1', '10.0.0.1', '127.0.0.1'])).toEqual(['127.0.0.1', '10.0.0.1'])
    expect(planAddresses(['127.0.0.1', '0.0.0.0', '::1'])).toEqual(['0.0.0.0', '::1'])
    expect(planAddresses(['127.0.0.1', '::', '::1'])).toEqual(['127.0.0.1', '::'])
  })
})
