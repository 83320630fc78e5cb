import { type Instant, parseServiceAccountRef, seconds, TokenError } from '../../core/index.ts'
import { checkTokenBeforeKey, type IssuerUrl, peekToken } from '../../standards/oidc/index.ts'

/** Whom the tokens are for. */
const AUDIENCE = 'pods.eks.amazonaws.com'
const LEEWAY = seconds(60)
const SUBJECT_PREFIX = 'system:serviceaccount:'

export interface TokenJudging {
  readonly now: Instant
  /** Undefined: any. */
  readonly nodeName: string | undefined
}

/** The pod that the token says it is for. UNVERIFIED: a refusal counts, nothing else: EKS Auth verifies. */
export interface ClaimedPod {
  readonly namespace: string
  readonly serviceAccount: string
  readonly name: string
}

/**
 * Looks at a token before anybody is asked about it: form, audience, times, that it is bound to a pod, and to one of this node where it
 * names a node (Kubernetes 1.32 and later do): a token that was carried off is worth nothing elsewhere.
 * @throws TokenError with the first thing that is wrong
 */
export function readPodToken(jwt: string, { now, nodeName }: TokenJudging): ClaimedPod {
  const token = peekToken(jwt)
  // Whose issuer is the cluster's is for EKS Auth to know: here it is compared with itself.
  const issuer = token.issuer as IssuerUrl
  const { subject } = checkTokenBeforeKey(token, { issuer, clientIds: [AUDIENCE], now, leewaySeconds: LEEWAY })
  const facts = { issuer, subject }
  // It would stand for the audience, and no token of Kubernetes has it.
  if (token.claims.azp !== undefined)
    throw new TokenError('untrusted-claim', 'it has an authorized party', { ...facts, claim: 'azp' })
  const account = subject.startsWith(SUBJECT_PREFIX)
    ? parseServiceAccountRef(subject.slice(SUBJECT_PREFIX.length).replace(':', '/'))
    : undefined
  if (account === undefined)
    throw new TokenError('untrusted-claim', 'its subject is no service account', { ...facts, claim: 'sub' })
  const bound = token.claims['kubernetes.io']
  const name = textAt(bound, 'pod')
  if (name === undefined)
    throw new TokenError('missing-claim', 'it is not bound to a pod', { ...facts, claim: 'kubernetes.io.pod.name' })
  const node = textAt(bound, 'node')
  if (nodeName !== undefined && node !== undefined && node !== nodeName)
    throw new TokenError('untrusted-claim', 'it is of a pod on another node', { ...facts, claim: 'kubernetes.io.node' })
  return { namespace: account.namespace, serviceAccount: account.name, name }
}

function textAt(claim: unknown, kind: 'pod' | 'node'): string | undefined {
  const name = memberOf(memberOf(claim, kind), 'name')
  return typeof name === 'string' && name !== '' ? name : undefined
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined
}
