import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'

/** Stands for every address of its family. */
const FAMILIES: ReadonlyMap<string, 4 | 6> = new Map([
  ['0.0.0.0', 4],
  ['::', 6],
])

/**
 * The addresses that a certificate names for those that are listened on: whoever calls one that stands for all of them dials one of
 * this machine's own. Those of loopback are named anyway, and link-local ones with a zone cannot be.
 */
export function namedAddresses(
  addresses: readonly string[],
  own: () => readonly string[] = machineAddresses,
): readonly string[] {
  return [
    ...new Set(
      addresses.flatMap((address) => {
        const family = FAMILIES.get(address)
        return family === undefined ? [address] : own().filter((one) => isIP(one) === family)
      }),
    ),
  ]
}

function machineAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((interfaces) => interfaces ?? [])
  return all.filter(({ internal, address }) => !internal && !address.startsWith('fe80:')).map(({ address }) => address)
}
