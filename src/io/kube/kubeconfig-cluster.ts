import { isIP } from 'node:net'
import { ConfigError } from '../../core/index.ts'
import { flagAt, type Members, type Place, pathAt, pemAt, refuseUnknown, textAt } from './kubeconfig-members.ts'
import type { KubeAccess, KubeTrust } from './model.ts'

const KNOWN = new Set([
  'server',
  'tls-server-name',
  'insecure-skip-tls-verify',
  'certificate-authority',
  'certificate-authority-data',
  'proxy-url',
  'disable-compression',
  'extensions',
])

/** What a `cluster` of a kubeconfig says. @throws ConfigError */
export async function readCluster(
  members: Members,
  place: Place,
): Promise<Pick<KubeAccess, 'server' | 'trust' | 'serverName'>> {
  refuseUnknown(members, KNOWN, place)
  if ((textAt(members, 'proxy-url', place) ?? '') !== '')
    throw new ConfigError(`${place.what}: a \`proxy-url\` is not supported`, { hint: 'name the API server itself' })
  const server = readServer(textAt(members, 'server', place) ?? '', place)
  const serverName = textAt(members, 'tls-server-name', place)
  return {
    server,
    trust: await readTrust(members, place),
    ...(serverName === undefined || serverName === '' ? {} : { serverName }),
  }
}

function readServer(text: string, { what }: Place): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:'
  if (
    url === undefined ||
    !isHttp ||
    url.username !== '' ||
    url.password !== '' ||
    url.search !== '' ||
    url.hash !== ''
  )
    throw new ConfigError(`${what}: \`server\` is not the URL of an API server`, { hint: 'expected https://HOST:PORT' })
  if (url.protocol === 'http:' && !isLocal(url.hostname))
    throw new ConfigError(`${what}: \`${url.origin}\` would be asked in the clear`, {
      hint: 'use https; http is for addresses of this machine alone (kubectl proxy)',
    })
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

function isLocal(hostname: string): boolean {
  if (hostname === 'localhost' || hostname === '[::1]') return true
  return isIP(hostname) === 4 && hostname.startsWith('127.')
}

async function readTrust(members: Members, place: Place): Promise<KubeTrust> {
  const isUnverified = flagAt(members, 'insecure-skip-tls-verify', place)
  const pem = await pemAt(members, 'certificate-authority', place)
  if (isUnverified && pem !== undefined)
    throw new ConfigError(
      `${place.what}: a certificate authority and \`insecure-skip-tls-verify\` exclude each other`,
      {
        hint: 'drop insecure-skip-tls-verify',
      },
    )
  if (isUnverified) return { kind: 'unverified' }
  if (pem === undefined) return { kind: 'system' }
  const path = textAt(members, 'certificate-authority', place)
  const isInline = (textAt(members, 'certificate-authority-data', place) ?? '') !== ''
  return isInline || path === undefined
    ? { kind: 'authorities', pem }
    : { kind: 'authorities-file', path: pathAt(path, place) }
}
