import { createKube, type Kube, KubeError, type KubeReason, readKubeconfig } from '../../io/kube/index.ts'
import type { ClusterHost, ClusterReference } from './model.ts'

/** The way to one API server, opened when it is needed. */
export interface Link {
  /** @throws KubeError; ConfigError when the kubeconfig does not say any more what it said */
  use<T>(work: (kube: Kube) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** An exchange waits for it. */
const CALL_MILLISECONDS = 5000
/** A kubeconfig of some keys is less than a hundred kilobytes, a JWKS too. */
const BODY_BYTES = 1024 * 1024

/** After these the kubeconfig may say something else by now: a cluster made anew has another port, authority and certificate. */
const REREAD_AFTER: ReadonlySet<KubeReason> = new Set(['unreachable', 'unauthorized', 'no-credentials'])

export function createLink(
  { kubeconfig, context }: Pick<ClusterReference, 'kubeconfig' | 'context'>,
  host: ClusterHost,
): Link {
  let opened: Promise<Kube> | undefined
  const open = async (): Promise<Kube> => {
    const access = await readKubeconfig({ path: kubeconfig, context })
    return createKube(access, { ...host, limits: { callMilliseconds: CALL_MILLISECONDS, bodyBytes: BODY_BYTES } })
  }
  const forget = async (one: Promise<Kube>): Promise<void> => {
    if (opened === one) opened = undefined
    await one.then(
      (kube) => kube.close(),
      () => undefined,
    )
  }
  return {
    use: async (work) => {
      opened ??= open()
      const mine = opened
      try {
        return await work(await mine)
      } catch (failure) {
        const isOver = !(failure instanceof KubeError) || REREAD_AFTER.has(failure.reason)
        if (isOver) await forget(mine)
        throw failure
      }
    },
    close: async () => {
      if (opened !== undefined) await forget(opened)
    },
  }
}
