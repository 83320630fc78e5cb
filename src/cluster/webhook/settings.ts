import type { WebhookSettings } from './model.ts'

/** The reference's defaults; no switch of compatibility is on. */
export const DEFAULT_WEBHOOK_SETTINGS: WebhookSettings = Object.freeze({
  annotationDomain: 'eks.amazonaws.com',
  audience: 'sts.amazonaws.com',
  mountPath: '/var/run/secrets/eks.amazonaws.com/serviceaccount',
  tokenExpirationSeconds: 86_400,
  usesRegionalSts: false,
  containerCredentials: Object.freeze({
    audience: 'pods.eks.amazonaws.com',
    mountPath: '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount',
    volumeName: 'eks-pod-identity-token',
    tokenPath: 'eks-pod-identity-token',
    fullUri: 'http://169.254.170.23/v1/credentials',
  }),
  failurePolicy: 'Ignore',
  compatibility: new Set<never>(),
})
