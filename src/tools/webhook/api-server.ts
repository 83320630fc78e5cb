import { ConfigError } from '../../core/index.ts'
import { inClusterAccess, type KubeAccess, readKubeconfig } from '../../io/kube/index.ts'
import type { ServeFlags } from './webhook-settings.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The API server that flags and environment name: a kubeconfig, a URL, both (the URL wins), or the cluster that this pod is in.
 * SPEC: as client-go builds it of `--kube-api` and `--kubeconfig`.
 * @throws ConfigError when there is none
 */
export async function findApiServer(
  flags: Pick<ServeFlags, 'kubeconfig' | 'kube-api'>,
  environment: Environment,
): Promise<KubeAccess> {
  const url = flags['kube-api'] === '' ? undefined : parseServer(flags['kube-api'])
  if (flags.kubeconfig !== '') {
    const access = await readKubeconfig({ path: flags.kubeconfig })
    return url === undefined ? access : { ...access, server: url }
  }
  if (url !== undefined) return { server: url, trust: { kind: 'system' }, credentials: { kind: 'none' } }
  const host = environment.KUBERNETES_SERVICE_HOST ?? ''
  const port = environment.KUBERNETES_SERVICE_PORT ?? ''
  return inClusterAccess({ host, port }).catch((failure: unknown) => {
    if (!(failure instanceof ConfigError) || host !== '') throw failure
    throw new ConfigError('this is no pod, and no API server is named', {
      hint: 'give --kubeconfig=FILE, or --kube-api=URL',
      cause: failure,
    })
  })
}

/** INVARIANT: without TLS only to this machine itself; who answers decides which pod gets which role. */
function parseServer(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname))
  if (url === undefined || !isSafe || url.username !== '' || url.search !== '')
    throw new ConfigError(`--kube-api: expected an https URL, or http on loopback, found \`${text.slice(0, 100)}\``)
  return url.href.replace(/\/+$/, '')
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])
