import type { Region, ServiceAccountRef } from '../../core/index.ts'

export interface ChildIdentity {
  readonly serviceAccount: ServiceAccountRef
  readonly roleArn: string
  readonly region: Region
  readonly endpoint: string
  /** Set when the endpoint is https with the installation's own CA. */
  readonly caFile?: string
  readonly tokenFile: string
  /** An empty file that stands in for the caller's profiles; undefined leaves them. */
  readonly emptyFile?: string
  readonly sessionSuffix: string
  readonly stsRegionalEndpoints: string
}

export interface ChildEnvironment {
  readonly variables: Readonly<Record<string, string>>
  /** Names of the caller's variables that the child does not get, because an SDK would prefer them to the token. */
  readonly withheld: readonly string[]
}

/** Credentials, or ways to them, that every SDK tries before or beside the web identity token. */
const CREDENTIAL_VARIABLES = new Set([
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_CREDENTIAL_EXPIRATION',
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
])

/** Would send the calls, and the session token with them, somewhere else. */
const leadsElsewhere = (name: string): boolean =>
  name.startsWith('AWS_ENDPOINT_URL_') ||
  name === 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS' ||
  name === 'AWS_USE_FIPS_ENDPOINT' ||
  name === 'AWS_USE_DUALSTACK_ENDPOINT'

/**
 * What the command sees: the caller's environment without AWS credentials, plus what the pod identity webhook sets,
 * plus the endpoint and a session name of its own.
 * @see https://github.com/aws/amazon-eks-pod-identity-webhook#eks-walkthrough
 */
export function planEnvironment(
  caller: Readonly<Record<string, string | undefined>>,
  identity: ChildIdentity,
): ChildEnvironment {
  const kept: Record<string, string> = {}
  const withheld: string[] = []
  for (const [name, value] of Object.entries(caller)) {
    if (value === undefined) continue
    if (CREDENTIAL_VARIABLES.has(name) || leadsElsewhere(name)) withheld.push(name)
    else kept[name] = value
  }
  const variables = { ...kept, ...withoutProxy(kept, identity.endpoint), ...identityVariables(identity) }
  return { variables, withheld: withheld.sort() }
}

const PROXY_VARIABLES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy']

/** A proxy of the caller cannot reach this machine's own endpoint: it is added to what goes past the proxy. */
function withoutProxy(caller: Readonly<Record<string, string>>, endpoint: string): Record<string, string> {
  if (!PROXY_VARIABLES.some((name) => (caller[name] ?? '') !== '')) return {}
  const { hostname } = new URL(endpoint)
  const hosts = new Set([caller.NO_PROXY, caller.no_proxy].flatMap((list) => (list ?? '').split(',')))
  hosts.delete('')
  const list = [...hosts.add(hostname)].join(',')
  return { NO_PROXY: list, no_proxy: list }
}

function identityVariables(identity: ChildIdentity): Record<string, string> {
  return {
    AWS_ROLE_ARN: identity.roleArn,
    AWS_WEB_IDENTITY_TOKEN_FILE: identity.tokenFile,
    AWS_ROLE_SESSION_NAME: sessionName(identity.serviceAccount, identity.sessionSuffix),
    AWS_REGION: identity.region,
    AWS_DEFAULT_REGION: identity.region,
    AWS_STS_REGIONAL_ENDPOINTS: identity.stsRegionalEndpoints,
    AWS_ENDPOINT_URL: identity.endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...(identity.emptyFile === undefined
      ? {}
      : { AWS_SHARED_CREDENTIALS_FILE: identity.emptyFile, AWS_CONFIG_FILE: identity.emptyFile }),
    ...(identity.caFile === undefined ? {} : { AWS_CA_BUNDLE: identity.caFile, NODE_EXTRA_CA_CERTS: identity.caFile }),
  }
}

/** SPEC: a role session name has 2 to 64 characters of `[\w+=,.@-]` (STS API reference, AssumeRoleWithWebIdentity). */
const LONGEST_SESSION_NAME = 64

/** New each time: the AWS CLI caches web identity credentials on disk by role and session name, beyond the life of an installation. */
export function sessionName({ namespace, name }: ServiceAccountRef, suffix: string): string {
  return `${`${namespace}.${name}`.slice(0, LONGEST_SESSION_NAME - suffix.length - 1)}-${suffix}`
}
