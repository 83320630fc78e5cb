import type { Rung } from './model.ts'

/** A cause, without any call at hand. */
export interface DenialCause {
  /** `IRSA301`; never reused. */
  readonly code: string
  /** `trust-sub` */
  readonly name: string
  readonly rung: Rung
  readonly summary: string
  readonly fix: string
}

type Row = readonly [code: string, rung: Rung, summary: string, fix: string]

/**
 * Every cause that the gateway can find, and what audits find before anybody is refused.
 * 2xx token and provider, 3xx trust, 5xx permissions, 6xx signatures and credentials, 9xx audits.
 */
export const CAUSES = {
  'provider-missing': [
    'IRSA201',
    'provider',
    'The account of the role has no OIDC provider for the issuer of the token.',
    'register the issuer: aws iam create-open-id-connect-provider --url ISSUER --client-id-list sts.amazonaws.com',
  ],
  'aud-not-registered': [
    'IRSA202',
    'provider',
    'The audience of the token is not among the client ids of the OIDC provider.',
    'ask for a token with a registered audience, or add it: aws iam add-client-id-to-open-id-connect-provider',
  ],
  thumbprint: [
    'IRSA203',
    'provider',
    'The certificate of the issuer’s server is neither trusted nor pinned by a thumbprint of the provider.',
    'store the thumbprint of the top certificate that the server sends: aws iam update-open-id-connect-provider-thumbprint',
  ],
  'jwks-unreachable': [
    'IRSA204',
    'provider',
    'The keys of the issuer could not be fetched.',
    'publish ISSUER/.well-known/openid-configuration and its jwks_uri over https, within five seconds, without a redirect',
  ],
  'kid-drift': [
    'IRSA205',
    'provider',
    'The key that the token names is not among the published keys of the issuer.',
    'publish the keys that the issuer signs with, and keep a retired key until its last token has expired',
  ],
  'not-a-token': [
    'IRSA206',
    'token',
    'What was sent is not a JWT that AWS STS takes: three parts, signed with RS256, RS384, RS512, ES256, ES384 or ES512.',
    'send the projected service account token, whole; see what it is with: openirsa token inspect',
  ],
  expired: [
    'IRSA207',
    'token',
    'The token has expired.',
    'read the token file anew for every exchange: kubelet renews it; a copy grows old',
  ],
  'missing-claim': [
    'IRSA208',
    'token',
    'The token lacks a claim that AWS STS requires.',
    'use a projected token with an audience; the secret of a service account holds none that works',
  ],
  'bad-signature': [
    'IRSA209',
    'token',
    'The signature of the token does not hold: it was changed, or another key signed it.',
    'send the token as it was issued; if it was, the issuer signs with another key than it publishes under that key id',
  ],
  'legacy-token': [
    'IRSA210',
    'provider',
    'The token comes from a service account’s secret: it names the issuer kubernetes/serviceaccount, which no provider can be for.',
    'use a projected token: openirsa run, openirsa token mint, or a serviceAccountToken volume in the pod',
  ],
  unconfirmed: [
    'IRSA212',
    'token',
    'The cluster of the token has to confirm every token, and its API server could not be asked.',
    'see that the API server is reachable with the kubeconfig that the cluster was added with: openirsa cluster list; then try again',
  ],
  'not-yet-valid': [
    'IRSA213',
    'token',
    'The token is not valid yet: the clock of its issuer is ahead.',
    'set the clocks of both machines by NTP',
  ],
  'unusable-claim': [
    'IRSA214',
    'token',
    'A claim of the token cannot be used.',
    'issue a token with one audience, or with azp when it has several',
  ],
  'bound-object-gone': [
    'IRSA215',
    'token',
    'The signature of the token holds, but its cluster does not accept it any more: the pod, secret, node or service account that it is bound to is gone.',
    'use the token of a pod that runs; a copy of a token ends with its pod',
  ],
  'not-a-pod-token': [
    'IRSA216',
    'token',
    'The token is not one that this cluster made for EKS Pod Identity.',
    'show the token that is projected into the pod for pods.eks.amazonaws.com, to the cluster that it is of',
  ],
  'trust-sub': [
    'IRSA301',
    'trust',
    'The trust policy knows this issuer, but expects another service account.',
    'run the pod as the service account that the trust policy names, or add the token’s subject to it',
  ],
  'wildcard-equals': [
    'IRSA302',
    'trust',
    'The trust policy compares the subject with a wildcard by StringEquals, which takes it literally.',
    'use StringLike for a value with * or ?, or write the exact subject',
  ],
  'stale-issuer': [
    'IRSA303',
    'trust',
    'The trust policy names another issuer than the one of the token: that of another or an older cluster.',
    'write this provider’s ARN into Principal, and its host and path before :sub and :aud',
  ],
  'trust-aud': [
    'IRSA304',
    'trust',
    'The trust policy expects another audience than the token has.',
    'ask for a token with the audience that the trust policy names, or correct it there',
  ],
  'scheme-or-slash': [
    'IRSA305',
    'trust',
    'The trust policy writes the issuer with a scheme, a slash or in another case than the provider.',
    'write the provider’s URL without https:// and with exactly its own slashes',
  ],
  'wrong-action-or-principal': [
    'IRSA306',
    'trust',
    'No statement of the trust policy is for this action and this principal.',
    'allow the action to the provider’s ARN under Principal.Federated',
  ],
  'role-missing': [
    'IRSA307',
    'trust',
    'There is no such role: its name, path or account differ, or it was deleted.',
    'write the ARN as aws iam get-role prints it, with its path',
  ],
  organization: [
    'IRSA310',
    'organization',
    'A policy of the organization does not let the call through.',
    'allow the action in the organization’s policies, at every level',
  ],
  'tag-session-missing': [
    'IRSA311',
    'trust',
    'The token brings session tags, and the trust policy does not allow sts:TagSession.',
    'allow sts:TagSession in the same statement of the trust policy',
  ],
  'source-identity-missing': [
    'IRSA312',
    'trust',
    'A source identity is set, and the trust policy does not allow sts:SetSourceIdentity.',
    'allow sts:SetSourceIdentity in the same statement of the trust policy',
  ],
  'trust-condition': [
    'IRSA313',
    'trust',
    'A condition of the trust policy does not hold for this call.',
    'bring what the condition asks for, or correct the condition',
  ],
  permission: [
    'IRSA501',
    'identity',
    'No policy of the principal allows this action on this resource.',
    'allow exactly this action on exactly this resource in a policy of the role',
  ],
  'explicit-deny': [
    'IRSA511',
    'identity',
    'A policy denies this explicitly, and a Deny wins over every Allow.',
    'take this action or resource out of the Deny statement, if the call is meant to be allowed',
  ],
  boundary: [
    'IRSA512',
    'boundary',
    'The permissions boundary does not allow this action on this resource.',
    'allow it in the boundary too: a boundary limits what the policies grant',
  ],
  'session-policy': [
    'IRSA513',
    'session',
    'The policy that was passed with the session does not allow this action on this resource.',
    'allow it in the session policy too, or take the session without one',
  ],
  'resource-policy': [
    'IRSA514',
    'resource',
    'The policy of the resource does not allow this principal to do this.',
    'allow the principal’s ARN this action in the policy of the resource',
  ],
  'endpoint-policy': [
    'IRSA515',
    'endpoint',
    'The policy of the endpoint does not allow this action on this resource.',
    'allow it in the policy of the endpoint too',
  ],
  'bucket-versus-object': [
    'IRSA516',
    'identity',
    'The policy names the bucket where its objects are meant, or the objects where the bucket is meant.',
    'actions on objects need arn:aws:s3:::BUCKET/*, actions on the bucket arn:aws:s3:::BUCKET',
  ],
  'variable-unset': [
    'IRSA517',
    'identity',
    'A variable in the policy has no value in this call, so that the element matches nothing.',
    'use a variable that this principal has, or give it a default value in the policy',
  ],
  'version-disables-variables': [
    'IRSA518',
    'identity',
    'The policy uses variables but is of version 2008-10-17, in which they are plain text.',
    'write "Version": "2012-10-17"',
  ],
  'signature-mismatch': [
    'IRSA601',
    'signature',
    'The signature is not the one of this secret key over this request.',
    'use the secret key that belongs to the access key id; a proxy must change neither headers nor path',
  ],
  'clock-skew': [
    'IRSA602',
    'signature',
    'The request was signed more than 15 minutes away from the time here.',
    'set the clock of the signing machine by NTP',
  ],
  'session-expired': [
    'IRSA603',
    'signature',
    'The temporary credentials have expired.',
    'let the SDK fetch new ones: keep no copy of temporary credentials',
  ],
  'session-revoked': [
    'IRSA604',
    'signature',
    'The role of these temporary credentials is gone, was made anew, or its sessions were revoked.',
    'assume the role again',
  ],
  'unknown-access-key': [
    'IRSA605',
    'signature',
    'There is no such access key here, or a temporary one came without its session token.',
    'take the credentials of this installation: eval "$(openirsa env)"; temporary keys need AWS_SESSION_TOKEN',
  ],
  unsigned: [
    'IRSA606',
    'signature',
    'The call carries no signature, and this operation needs one.',
    'configure credentials; only the exchange of a web identity token is unsigned',
  ],
  'malformed-signature': [
    'IRSA607',
    'signature',
    'The authentication of the request is incomplete, malformed or not AWS Signature Version 4.',
    'sign with an AWS SDK, version 4: aws configure set default.s3.signature_version s3v4',
  ],
  'wrong-scope': [
    'IRSA608',
    'signature',
    'The request was signed for another service, region or day than it is sent to.',
    'let the client sign for the service and region that it calls',
  ],
  'presigned-expired': [
    'IRSA609',
    'signature',
    'The presigned request is past the time that it was made for.',
    'presign anew, for a longer time if need be',
  ],
  'unsigned-header': [
    'IRSA610',
    'signature',
    'The request has an x-amz- header that its signature does not cover.',
    'sign every x-amz- header; a proxy must add none',
  ],
  'payload-mismatch': [
    'IRSA611',
    'signature',
    'The body is not the one that was signed.',
    'send the body that was hashed; a proxy must not change it',
  ],
  'inactive-access-key': [
    'IRSA612',
    'signature',
    'The access key is inactive.',
    'activate it, aws iam update-access-key --status Active, or use another',
  ],
  'session-token': [
    'IRSA613',
    'signature',
    'The session token is not one of this installation, was changed, or belongs to another access key.',
    'send the session token that came with the access key, unchanged',
  ],
  'sub-missing': [
    'IRSA901',
    'trust',
    'The trust policy does not ask for a subject: every service account of the cluster can become the role.',
    'compare ISSUER:sub with the service account’s subject by StringEquals: openirsa trust generate',
  ],
  'sub-wildcard': [
    'IRSA902',
    'trust',
    'The trust policy lets in a whole namespace or cluster by a wildcard in the subject.',
    'list the exact subjects and compare them by StringEquals',
  ],
  'sub-by-default': [
    'IRSA903',
    'trust',
    'The condition on the subject also holds for subjects that it does not name, or when there is none.',
    'compare ISSUER:sub by StringEquals, without Not, IfExists and ForAllValues',
  ],
  'aud-missing': [
    'IRSA904',
    'trust',
    'The trust policy does not ask for an audience: tokens that were meant for somebody else let in too.',
    'compare ISSUER:aud with sts.amazonaws.com by StringEquals',
  ],
  'foreign-provider': [
    'IRSA905',
    'trust',
    'The trust policy names an OIDC provider of another account, which lets nobody in.',
    'register the issuer in the account of the role, and name that provider',
  ],
  'like-without-wildcard': [
    'IRSA906',
    'trust',
    'The trust policy compares by StringLike what has no wildcard.',
    'use StringEquals: it says that no wildcard is meant',
  ],
} as const satisfies Readonly<Record<string, Row>>

export type CauseName = keyof typeof CAUSES

/** A cause by its code or its name, in any case; undefined when there is none. */
export function findDenialCause(word: string): DenialCause | undefined {
  const wanted = word.toLowerCase()
  for (const name of Object.keys(CAUSES) as CauseName[]) {
    if (name === wanted || CAUSES[name][0].toLowerCase() === wanted) return causeNamed(name)
  }
  return undefined
}

/** A cause by its name. */
export function causeNamed(name: CauseName): DenialCause {
  const [code, rung, summary, fix] = CAUSES[name]
  return { code, name, rung, summary, fix }
}
