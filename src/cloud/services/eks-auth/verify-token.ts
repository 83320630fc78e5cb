import { type Instant, isNamespaceName, isObjectName, Secret, subjectOf, TokenError } from '../../../core/index.ts'
import {
  checkTokenBeforeKey,
  type IssuerUrl,
  peekToken,
  type UnverifiedToken,
  verifyWebIdentityToken,
  type WebIdentityToken,
} from '../../../standards/oidc/index.ts'
import type { EksAuthOptions, Pod, PodCluster } from './model.ts'

/** Whom the tokens are for, in every partition. */
export const AUDIENCE = 'pods.eks.amazonaws.com'

/**
 * The pod of a token that this cluster made for this service, bound to a pod.
 * @throws TokenError with the first thing that is wrong
 */
export async function verifyPodToken(
  { keys, tokenLeewaySeconds }: EksAuthOptions,
  cluster: PodCluster,
  { jwt, now }: { readonly jwt: string; readonly now: Instant },
): Promise<Pod> {
  const token = peekToken(jwt)
  const issuer = cluster.issuer as IssuerUrl
  const expectations = { issuer, clientIds: [AUDIENCE], now, leewaySeconds: tokenLeewaySeconds }
  checkTokenBeforeKey(token, expectations)
  refuseParty(token)
  // INVARIANT: the key is that of the cluster's issuer, whatever the token says of itself. No provider in IAM has a part in it.
  const { key, confirm } = await keys.find({ issuer, thumbprints: [], keyId: token.keyId })
  const verified = await verifyWebIdentityToken(token, { ...expectations, key })
  const pod = podOf(verified)
  // Last: who asks a cluster has to hold a token that it signed.
  await confirm?.(verified, new Secret(jwt))
  return pod
}

/** Kubernetes writes no `azp`; where one stood for the audience, `aud` could be anybody's. */
function refuseParty({ claims, issuer }: UnverifiedToken): void {
  if (claims.azp !== undefined)
    throw new TokenError('untrusted-claim', 'the token has `azp`, which no token of Kubernetes has', {
      issuer,
      claim: 'azp',
    })
}

/** SPEC: the private claims of Kubernetes' tokens. @see https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/ */
function podOf(token: WebIdentityToken): Pod {
  const facts = { issuer: token.issuer, subject: token.subject, audiences: [token.audience] }
  const missing = (claim: string): TokenError =>
    new TokenError('missing-claim', `the token has no usable claim \`${claim}\``, { ...facts, claim })
  const claim = token.claims['kubernetes.io']
  const namespace = textOf(claim, ['namespace'])
  const serviceAccount = textOf(claim, ['serviceaccount', 'name'])
  if (namespace === undefined || !isNamespaceName(namespace)) throw missing('kubernetes.io.namespace')
  if (serviceAccount === undefined || !isObjectName(serviceAccount)) throw missing('kubernetes.io.serviceaccount')
  const name = textOf(claim, ['pod', 'name'])
  const uid = textOf(claim, ['pod', 'uid'])
  if (name === undefined || !isObjectName(name)) throw missing('kubernetes.io.pod.name')
  if (uid === undefined || !/^[\w-]{1,64}$/.test(uid)) throw missing('kubernetes.io.pod.uid')
  if (token.subject !== subjectOf({ namespace, name: serviceAccount }))
    throw new TokenError('untrusted-claim', 'the subject is not the service account of `kubernetes.io`', {
      ...facts,
      claim: 'sub',
    })
  return { namespace, serviceAccount, name, uid }
}

function textOf(claim: unknown, path: readonly string[]): string | undefined {
  const value = path.reduce(memberOf, claim)
  return typeof value === 'string' ? value : undefined
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined
}
