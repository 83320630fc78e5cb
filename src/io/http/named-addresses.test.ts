import { expect, it } from 'vitest'
import { namedAddresses } from './named-addresses.ts'

const own = () => ['192.0.2.2', 'fd00::2', '10.1.1.1']

it('an address is named as it is, one that stands for all of a family by all of that family', () => {
  expect(namedAddresses(['10.0.0.1', 'fd00::1'], own)).toEqual(['10.0.0.1', 'fd00::1'])
  expect(namedAddresses(['0.0.0.0'], own)).toEqual(['192.0.2.2', '10.1.1.1'])
  expect(namedAddresses(['::', '10.0.0.1'], own)).toEqual(['fd00::2', '10.0.0.1'])
  expect(namedAddresses(['0.0.0.0', '10.1.1.1'], own)).toEqual(['192.0.2.2', '10.1.1.1'])
})

it("this machine's own are neither loopback nor link-local", () => {
  for (const address of namedAddresses(['0.0.0.0', '::'])) expect(address).not.toMatch(/^(127\.|::1$|fe80:)/)
})
