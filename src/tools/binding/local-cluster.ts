import { ConfigError, renderServiceAccountRef, type ServiceAccountRef } from '../../core/index.ts'
import { askInstallation, ControlError, readFacts } from '../../io/installation/index.ts'
import type { BindingCluster, BoundAccount } from './model.ts'

interface LocalAccount extends BoundAccount {
  readonly labels: Readonly<Record<string, string>>
}

/** The local cluster of an installation. @throws ConfigError when none is running there */
export async function localCluster(dataDirectory: string): Promise<BindingCluster> {
  const { issuer } = await readFacts(dataDirectory)
  const find = async (ref: ServiceAccountRef): Promise<LocalAccount | undefined> => {
    try {
      const path = `service-accounts/${renderServiceAccountRef(ref)}`
      return (await askInstallation(dataDirectory, { method: 'GET', path })) as LocalAccount
    } catch (failure) {
      if (failure instanceof ControlError && failure.status === 404) return undefined
      throw failure
    }
  }
  return {
    issuer,
    find,
    list: async (namespace) => {
      const { items } = (await askInstallation(dataDirectory, { method: 'GET', path: 'service-accounts' })) as {
        readonly items: readonly LocalAccount[]
      }
      return items.filter((one) => namespace === undefined || one.namespace === namespace)
    },
    annotate: async (ref, name, value) => {
      const found = await find(ref)
      if (found === undefined) throw new ConfigError(`the service account \`${renderServiceAccountRef(ref)}\` is gone`)
      const { [name]: _, ...others } = found.annotations
      const annotations = value === undefined ? others : { ...others, [name]: value }
      const metadata = { ...ref, labels: found.labels, annotations }
      const documents = [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata }]
      await askInstallation(dataDirectory, { method: 'POST', path: 'manifests', body: { documents } })
    },
    close: async () => undefined,
  }
}
