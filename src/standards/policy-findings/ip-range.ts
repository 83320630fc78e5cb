/** A range of addresses, as a number of 32 or 128 bits and how many of them count. */
export interface IpRange {
  readonly address: bigint
  readonly width: 32 | 128
  readonly bits: number
}

/** `address` or `address/bits`; undefined for what is neither. */
export function parseRange(text: string): IpRange | undefined {
  const [host = '', written, ...more] = text.split('/')
  const parsed = host.includes(':') ? parseVersion6(host) : parseVersion4(host)
  if (parsed === undefined || more.length > 0) return undefined
  const width = host.includes(':') ? 128 : 32
  if (written !== undefined && !/^(0|[1-9]\d{0,2})$/.test(written)) return undefined
  const bits = written === undefined ? width : Number(written)
  return bits <= width ? { address: parsed, width, bits } : undefined
}

/** The range without the bits that do not count, as text; undefined when there are none such. */
export function maskedRange({ address, width, bits }: IpRange): string | undefined {
  const rest = BigInt(width - bits)
  const network = (address >> rest) << rest
  if (network === address) return undefined
  return `${width === 32 ? renderVersion4(network) : renderVersion6(network)}/${bits}`
}

/** SPEC: RFC 1918, RFC 6598, loopback and link-local; of IPv6 unique local (RFC 4193), link-local and loopback. */
const PRIVATE = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
  '::1',
]

/** Is every address of the range private? */
export function isPrivate(range: IpRange): boolean {
  return PRIVATE.map(parseRange).some((around) => {
    if (around === undefined || around.width !== range.width || around.bits > range.bits) return false
    const rest = BigInt(around.width - around.bits)
    return around.address >> rest === range.address >> rest
  })
}

function parseVersion4(text: string): bigint | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n)
}

function parseVersion6(text: string): bigint | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head = [], tail] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - (tail?.length ?? 0)
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined
  const groups = [...head, ...new Array<string>(missing).fill('0'), ...(tail ?? [])]
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n)
}

const renderVersion4 = (address: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 255n).join('.')

function renderVersion6(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, at) => ((address >> BigInt(112 - 16 * at)) & 65_535n).toString(16))
  const last = groups.findLastIndex((group) => group !== '0')
  return last > 5 ? groups.join(':') : `${groups.slice(0, last + 1).join(':')}::`
}
