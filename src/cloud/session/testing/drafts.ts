import { type AccountId, type Instant, instant, plusSeconds, seconds } from '../../../core/index.ts'
import type { SessionDraft } from '../index.ts'

export const ACCOUNT = '123456789012' as AccountId
export const ISSUED_AT: Instant = instant(Date.parse('2026-03-01T12:00:00.250Z'))
export const ISSUER = 'oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF'

/** An IRSA session as it usually is. */
export const irsa: SessionDraft = {
  kind: 'web-identity',
  partition: 'aws',
  account: ACCOUNT,
  roleUniqueId: 'AROA3ISBVQKHLCPMWHJG5',
  rolePath: '/',
  roleName: 'orders',
  sessionName: 'shop.orders-0a1b2c3d',
  issuedAt: ISSUED_AT,
  expiresAt: instant(Math.floor(plusSeconds(ISSUED_AT, seconds(3600)) / 1000) * 1000),
  webIdentity: {
    providerArn: `arn:aws:iam::${ACCOUNT}:oidc-provider/${ISSUER}`,
    issuerHostPath: ISSUER,
    subject: 'system:serviceaccount:shop:orders',
    audience: 'sts.amazonaws.com',
  },
  tags: new Map(),
  transitiveTagKeys: [],
  sessionPolicyArns: [],
  chainDepth: 0,
}

/** The same, from the token of a pod. */
export const irsaOfPod: SessionDraft = {
  ...irsa,
  webIdentity: {
    ...(irsa.webIdentity as NonNullable<SessionDraft['webIdentity']>),
    kubernetes: {
      namespace: 'shop',
      serviceAccount: 'orders',
      serviceAccountUid: '6f1f5e6e-27c5-4f3c-8f39-2a1b7d5a0d11',
      pod: 'orders-7d4f9c6b5-x2x7z',
      podUid: '0d2f6f0a-5b0d-4a52-9f0e-6f8a5f0c9e33',
      node: 'ip-10-0-12-34',
    },
  },
}
