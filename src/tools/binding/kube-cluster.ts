import { ConfigError, parseStrictJson } from '../../core/index.ts'
import { type Kube, type KubeObject, RESOURCES } from '../../io/kube/index.ts'
import type { BindingCluster, BoundAccount } from './model.ts'

/** SPEC: https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#service-account-issuer-discovery */
const DISCOVERY = '/.well-known/openid-configuration'

/** A real cluster, with the rights of whoever its client is. @param issuer instead of what its API server says */
export async function kubeCluster(kube: Kube, issuer: string | undefined): Promise<BindingCluster> {
  return {
    issuer: issuer ?? (await readIssuer(kube)),
    find: async (ref) => {
      const found = await kube.find(RESOURCES.serviceAccounts, ref)
      return found === undefined ? undefined : accountOf(found)
    },
    list: async (namespace) => {
      const selection = namespace === undefined ? {} : { namespace }
      return (await kube.list(RESOURCES.serviceAccounts, { ...selection, keep: accountOf })).items
    },
    annotate: async (ref, name, value) => {
      const document = { metadata: { annotations: { [name]: value ?? null } } }
      await kube.patch(RESOURCES.serviceAccounts, ref, { kind: 'merge', document })
    },
    close: () => kube.close(),
  }
}

async function readIssuer(kube: Kube): Promise<string> {
  const document = parseStrictJson(await kube.text(DISCOVERY))
  const issuer = typeof document === 'object' && document !== null && 'issuer' in document ? document.issuer : undefined
  if (typeof issuer === 'string' && issuer.startsWith('https://')) return issuer
  throw new ConfigError("the API server's discovery document names no https issuer", {
    hint: 'name the one that AWS knows with --issuer URL',
  })
}

function accountOf({ metadata }: KubeObject): BoundAccount {
  return { namespace: metadata.namespace ?? '', name: metadata.name, annotations: { ...metadata.annotations } }
}
