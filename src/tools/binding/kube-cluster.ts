import { type Kube, type KubeObject, RESOURCES } from '../../io/kube/index.ts'
import { readIssuer } from '../cluster/index.ts'
import type { BindingCluster, BoundAccount } from './model.ts'

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

function accountOf({ metadata }: KubeObject): BoundAccount {
  return { namespace: metadata.namespace ?? '', name: metadata.name, annotations: { ...metadata.annotations } }
}
