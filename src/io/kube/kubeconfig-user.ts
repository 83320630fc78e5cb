import { ConfigError, Secret } from '../../core/index.ts'
import {
  flagAt,
  type Members,
  type Place,
  pathAt,
  pemAt,
  readNamed,
  recordAt,
  refuseUnknown,
  textAt,
} from './kubeconfig-members.ts'
import type { ExecPlugin, KubeAccess, KubeCredentials, KubeTrust } from './model.ts'
import { isRecord } from './status.ts'

const KNOWN = new Set([
  'client-certificate',
  'client-certificate-data',
  'client-key',
  'client-key-data',
  'token',
  'tokenFile',
  'exec',
  'extensions',
])

/** What no API server takes any more, or what would make us somebody else. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['username', 'passwords are not supported'],
  ['password', 'passwords are not supported'],
  ['auth-provider', 'auth-provider is gone from Kubernetes; use an exec plug-in'],
  ['as', 'impersonation is not supported'],
  ['as-uid', 'impersonation is not supported'],
  ['as-groups', 'impersonation is not supported'],
  ['as-user-extra', 'impersonation is not supported'],
])

export interface UserParts {
  readonly place: Place
  /** For an exec plug-in that wants to know of it. */
  readonly cluster: Pick<KubeAccess, 'server' | 'trust' | 'serverName'> & { readonly extension: unknown }
}

/** What a `user` of a kubeconfig says; an exec plug-in before a certificate before a token. @throws ConfigError */
export async function readUser(members: Members, { place, cluster }: UserParts): Promise<KubeCredentials> {
  for (const [name, why] of REFUSED) if (name in members) throw new ConfigError(`${place.what}: \`${name}\`: ${why}`)
  refuseUnknown(members, KNOWN, place)
  if (members.exec !== undefined && members.exec !== null)
    return { kind: 'exec', plugin: await readPlugin(recordAt(members, 'exec', place), { place, cluster }) }
  return (await readCertificate(members, place)) ?? (await readToken(members, place)) ?? { kind: 'none' }
}

async function readCertificate(members: Members, place: Place): Promise<KubeCredentials | undefined> {
  const certificate = await pemAt(members, 'client-certificate', place)
  const key = await pemAt(members, 'client-key', place)
  if (certificate === undefined && key === undefined) return undefined
  if (certificate === undefined || key === undefined)
    throw new ConfigError(`${place.what}: a client certificate and its key belong together, and one is missing`)
  return { kind: 'certificate', certificate, key: new Secret(key) }
}

async function readToken(members: Members, place: Place): Promise<KubeCredentials | undefined> {
  const path = textAt(members, 'tokenFile', place)
  if (path !== undefined && path !== '') {
    // Read again whenever it is needed; here it is only seen that it is there.
    await readNamed(path, 'tokenFile', place)
    return { kind: 'token-file', path: pathAt(path, place) }
  }
  const token = textAt(members, 'token', place)
  return token === undefined || token === '' ? undefined : { kind: 'token', token: new Secret(token) }
}

const VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'] as const

async function readPlugin(members: Members, { place, cluster }: UserParts): Promise<ExecPlugin> {
  const { what } = place
  const named = textAt(members, 'apiVersion', place)
  const apiVersion = VERSIONS.find((version) => version === named)
  if (apiVersion === undefined)
    throw new ConfigError(
      `${what}: the credential plug-in speaks \`${named ?? ''}\`; expected ${VERSIONS.join(' or ')}`,
    )
  const command = textAt(members, 'command', place) ?? ''
  if (command === '') throw new ConfigError(`${what}: the credential plug-in has no \`command\``)
  if (textAt(members, 'interactiveMode', place) === 'Always')
    throw new ConfigError(`${what}: the credential plug-in \`${command}\` wants a terminal (interactiveMode Always)`, {
      hint: 'use a plug-in, or a token, that needs nobody to answer',
    })
  const installHint = textAt(members, 'installHint', place)
  return {
    apiVersion,
    // SPEC: with a slash in it, a path from the kubeconfig's directory; else a name on PATH.
    command: command.includes('/') ? pathAt(command, place) : command,
    args: listAt(members, 'args', place).map(String),
    env: listAt(members, 'env', place)
      .filter(isRecord)
      .map(({ name, value }) => [String(name), String(value)] as const),
    ...(installHint === undefined || installHint === '' ? {} : { installHint }),
    ...(flagAt(members, 'provideClusterInfo', place) ? { clusterInfo: await clusterInfoOf(cluster, place) } : {}),
  }
}

function listAt(members: Members, name: string, { what }: Place): readonly unknown[] {
  const value = members[name] ?? []
  if (Array.isArray(value)) return value
  throw new ConfigError(`${what}: \`${name}\` of the credential plug-in is no list`)
}

async function clusterInfoOf(
  { server, trust, serverName, extension }: UserParts['cluster'],
  place: Place,
): Promise<Readonly<Record<string, unknown>>> {
  const pem = await authoritiesOf(trust, place)
  return {
    server,
    ...(serverName === undefined ? {} : { 'tls-server-name': serverName }),
    ...(trust.kind === 'unverified' ? { 'insecure-skip-tls-verify': true } : {}),
    ...(pem === undefined ? {} : { 'certificate-authority-data': Buffer.from(pem).toString('base64') }),
    ...(extension === undefined ? {} : { config: extension }),
  }
}

/** SPEC: a plug-in is told the certificates themselves, also where the kubeconfig names a file. */
async function authoritiesOf(trust: KubeTrust, place: Place): Promise<string | undefined> {
  if (trust.kind === 'authorities') return trust.pem
  return trust.kind === 'authorities-file' ? readNamed(trust.path, 'certificate-authority', place) : undefined
}
