import {
  ConfigError,
  type Instant,
  instant,
  renderServiceAccountRef,
  type Seconds,
  type ServiceAccountRef,
  seconds,
} from '../../core/index.ts'
import { askInstallation, defaultAudienceOf, readFacts } from '../../io/installation/index.ts'

/** What the service account's annotations ask for, read as the pod identity webhook reads them. */
export interface AnnotatedIdentity {
  readonly roleArn: string
  readonly audience: string
  readonly expirationSeconds: Seconds
  readonly stsRegionalEndpoints: 'regional' | 'legacy'
}

/** Whose service accounts are meant. */
export interface WhichCluster {
  /** Of the installation. */
  readonly directory: string
  /** Name or ARN; default the local one. */
  readonly cluster: string | undefined
}

export interface MintedToken {
  readonly token: string
  readonly expiresAt: Instant
}

/** What the pod identity webhook asks for unless told otherwise. */
const DEFAULT_EXPIRATION_SECONDS = seconds(86_400)
/** The shortest life that kube-apiserver grants. */
const LEAST_EXPIRATION_SECONDS = 600

/**
 * @param role wins over the annotation `eks.amazonaws.com/role-arn`
 * @throws ConfigError when neither names a role; ControlError when there is no such service account
 */
export async function readIdentity(
  { directory, cluster }: WhichCluster,
  ref: ServiceAccountRef,
  role: string | undefined,
): Promise<AnnotatedIdentity> {
  const found = (await askInstallation(directory, {
    method: 'GET',
    path: `service-accounts/${renderServiceAccountRef(ref)}`,
    cluster,
  })) as {
    readonly annotations: Readonly<Record<string, string>>
  }
  const annotation = (word: string): string | undefined => found.annotations[`eks.amazonaws.com/${word}`]
  const roleArn = role ?? annotation('role-arn')
  if (roleArn === undefined) {
    throw new ConfigError(`the service account \`${renderServiceAccountRef(ref)}\` names no role`, {
      hint: 'annotate it with eks.amazonaws.com/role-arn and apply it again, or pass --role ARN',
    })
  }
  return {
    roleArn,
    audience: annotation('audience') ?? defaultAudienceOf(await readFacts(directory)),
    expirationSeconds: expirationOf(annotation('token-expiration')),
    stsRegionalEndpoints: annotation('sts-regional-endpoints') === 'false' ? 'legacy' : 'regional',
  }
}

/** A token as the service account's annotations ask for it. @throws ControlError when there is no such service account */
export async function mint(
  { directory, cluster }: WhichCluster,
  ref: ServiceAccountRef,
  wanted: AnnotatedIdentity,
): Promise<MintedToken> {
  const body = { ...ref, audiences: [wanted.audience], expirationSeconds: wanted.expirationSeconds }
  const answer = (await askInstallation(directory, { method: 'POST', path: 'token-requests', body, cluster })) as {
    token: string
    expiresAt: number
  }
  return { token: answer.token, expiresAt: instant(answer.expiresAt) }
}

/** The webhook falls back to its default for what is no number, and raises what kube-apiserver would refuse. */
function expirationOf(text: string | undefined): Seconds {
  if (text === undefined || !/^\d{1,9}$/.test(text)) return DEFAULT_EXPIRATION_SECONDS
  return seconds(Math.max(LEAST_EXPIRATION_SECONDS, Number(text)))
}
