import type { KubernetesObject } from '../manifest/index.ts'
import type { CertificateKeeper, ManifestOptions } from './model.ts'
import { LABELS, NAME, WEBHOOK_NAMES } from './names.ts'

const KEEPERS = {
  self: planEmptySecret,
  'cert-manager': planIssuersAndCertificates,
} as const satisfies Record<CertificateKeeper, (namespace: string) => readonly KubernetesObject[]>

/** What the serving certificate needs: an empty Secret for the webhook to fill, or cert-manager's objects. */
export function planCertificateObjects({ certificates, namespace }: ManifestOptions): readonly KubernetesObject[] {
  return KEEPERS[certificates](namespace)
}

/** Shipped empty, so that the webhook needs no right to create Secrets. Applying it again leaves what is in it. */
function planEmptySecret(namespace: string): readonly KubernetesObject[] {
  const metadata = { name: WEBHOOK_NAMES.certificateSecret, namespace, labels: LABELS }
  return [{ apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque' }]
}

/** SPEC: cert-manager.io/docs/configuration/ca: an authority that signs itself, and a certificate that it signs. */
function planIssuersAndCertificates(namespace: string): readonly KubernetesObject[] {
  const apiVersion = 'cert-manager.io/v1'
  const named = (name: string) => ({ name, namespace, labels: LABELS })
  const [selfSigned, authority] = [`${NAME}-self-signed`, `${NAME}-authority`]
  const privateKey = { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' }
  const issuedBy = (name: string) => ({ group: 'cert-manager.io', kind: 'Issuer', name })
  return [
    { apiVersion, kind: 'Issuer', metadata: named(selfSigned), spec: { selfSigned: {} } },
    {
      apiVersion,
      kind: 'Certificate',
      metadata: named(authority),
      spec: {
        isCA: true,
        commonName: authority,
        secretName: authority,
        duration: '8760h',
        renewBefore: '2920h',
        privateKey,
        issuerRef: issuedBy(selfSigned),
      },
    },
    { apiVersion, kind: 'Issuer', metadata: named(authority), spec: { ca: { secretName: authority } } },
    {
      apiVersion,
      kind: 'Certificate',
      metadata: named(NAME),
      spec: {
        secretName: WEBHOOK_NAMES.certificateSecret,
        dnsNames: serviceHosts(namespace),
        duration: '2160h',
        renewBefore: '720h',
        usages: ['digital signature', 'server auth'],
        privateKey,
        issuerRef: issuedBy(authority),
      },
    },
  ]
}

/** The names by which a webhook's Service is called; API servers use `SERVICE.NAMESPACE.svc`. */
export function serviceHosts(namespace: string, service: string = WEBHOOK_NAMES.service): readonly string[] {
  const full = `${service}.${namespace}.svc`
  return [service, `${service}.${namespace}`, full, `${full}.cluster.local`]
}
