import { BlockList, isIP } from 'node:net'

/**
 * `public`: on the Internet. `private`: loopback and private networks; only for hosts that are named.
 * `never`: metadata services, link-local, multicast, unspecified, and forms that hide an IPv4 address in an IPv6 one.
 */
export type AddressKind = 'public' | 'private' | 'never'

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits = ''] = range.split('/')
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4')
  }
  return list
}

// SPEC: RFC 6890 and IANA's special-purpose registries; the metadata addresses of the clouds.
const NEVER = blockList([
  '0.0.0.0/8',
  '100.100.100.200/32',
  '169.254.0.0/16',
  '192.0.0.192/32',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/32',
  '2002::/16',
  'fd00:ec2::/32',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
])

const PRIVATE = blockList([
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '::1/128',
  '2001::/23',
  '2001:db8::/32',
  '3fff::/20',
  'fc00::/7',
])

/** IPv6's global unicast: what lies beyond is not on the Internet. */
const GLOBAL = blockList(['2000::/3'])
const LOOPBACK = blockList(['127.0.0.0/8', '::1/128'])

/** What kind of address it is; what is no IP address is `never`. */
export function addressKind(address: string): AddressKind {
  const family = isIP(address)
  if (family === 4) return kindOf(address, 'ipv4')
  // `::/96`, `::ffff:0:0/96`: IPv4 in disguise. A zone (`%eth0`) is link-local's.
  if (family !== 6 || address.includes('%')) return 'never'
  const kind = kindOf(address, 'ipv6')
  return kind === 'public' && !GLOBAL.check(address, 'ipv6') ? 'never' : kind
}

function kindOf(address: string, family: 'ipv4' | 'ipv6'): AddressKind {
  if (NEVER.check(address, family)) return 'never'
  // `BlockList` matches IPv4 rules for mapped addresses too: those are no private network, they are a disguise.
  if (family === 'ipv6' && isDisguised(address)) return 'never'
  return PRIVATE.check(address, family) ? 'private' : 'public'
}

const DISGUISED = blockList(['::/96', '::ffff:0:0/96'])

function isDisguised(address: string): boolean {
  return DISGUISED.check(address, 'ipv6') && !LOOPBACK_V6.check(address, 'ipv6')
}

const LOOPBACK_V6 = blockList(['::1/128'])

/** Whether the address is this machine's own loopback, also in the form in which a dual-stack socket shows it. */
export function isLoopback(address: string): boolean {
  const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
  const family = isIP(plain)
  return family !== 0 && LOOPBACK.check(plain, family === 6 ? 'ipv6' : 'ipv4')
}
