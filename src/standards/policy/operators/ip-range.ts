/** An IPv4 or IPv6 address in words of 32 bits (one or four), most significant first. */
export type IpAddress = readonly number[]

/** Addresses that agree with `network` in the bits of `masks`; `network` is already masked. */
export interface IpRange {
  readonly network: IpAddress
  readonly masks: readonly number[]
}

/** An address, or undefined. Zones (`%eth0`), leading zeros and shortened IPv4 forms are none. */
export function parseIp(text: string): IpAddress | undefined {
  if (!text.includes(':')) {
    const word = parseIpv4(text)
    return word === undefined ? undefined : [word]
  }
  return parseIpv6(text)
}

/** `address` or `address/bits`; bits of the host are ignored. */
export function parseIpRange(text: string): IpRange | undefined {
  const slash = text.indexOf('/')
  const address = parseIp(slash < 0 ? text : text.slice(0, slash))
  if (address === undefined) return undefined
  const width = address.length * 32
  const bits = slash < 0 ? width : parseBits(text.slice(slash + 1))
  if (bits === undefined || bits > width) return undefined
  const masks = address.map((_, at) => maskOf(bits - at * 32))
  return { network: address.map((word, at) => (word & (masks[at] ?? 0)) >>> 0), masks }
}

/** An IPv4 address is in no IPv6 range, nor the other way round. */
export function isInRange(address: IpAddress, { network, masks }: IpRange): boolean {
  if (address.length !== network.length) return false
  for (let at = 0; at < network.length; at += 1)
    if (((address[at] ?? 0) & (masks[at] ?? 0)) >>> 0 !== network[at]) return false
  return true
}

function parseBits(text: string): number | undefined {
  return /^(0|[1-9]\d{0,2})$/.test(text) ? Number(text) : undefined
}

function maskOf(bits: number): number {
  if (bits <= 0) return 0
  return bits >= 32 ? 0xffffffff : (0xffffffff << (32 - bits)) >>> 0
}

function parseIpv4(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let word = 0
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined
    word = word * 256 + Number(part)
  }
  return word
}

function parseIpv6(text: string): IpAddress | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map(parseGroups)
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined
  const missing = 8 - head.length - (tail?.length ?? 0)
  // `::` stands for one group at least.
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const groups = [...head, ...new Array<number>(missing).fill(0), ...(tail ?? [])]
  return [0, 2, 4, 6].map((at) => ((groups[at] ?? 0) * 65_536 + (groups[at + 1] ?? 0)) >>> 0)
}

/** Groups of 16 bits; the last one may be an IPv4 address, which is two. */
function parseGroups(text: string): number[] | undefined {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [at, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16))
      continue
    }
    const word = at === parts.length - 1 ? parseIpv4(part) : undefined
    if (word === undefined) return undefined
    groups.push(word >>> 16, word & 0xffff)
  }
  return groups
}
