import { type Thumbprint, thumbprintOf } from '../../standards/oidc/index.ts'
import { FetchError } from './fetch-error.ts'
import { DEFAULT_LIMITS, withDeadline } from './fetch-limited.ts'
import type { Network } from './network.ts'
import { openTls } from './open-tls.ts'
import { servedChain } from './server-trust.ts'
import { planTarget } from './target.ts'

/**
 * Thumbprint of the last certificate that the server of the URL sends; nothing is asked of the server and nothing of it is
 * believed. It is what IAM keeps for a provider that is created without thumbprints.
 * @throws FetchError
 */
export async function readTopThumbprint(
  url: string,
  allowPrivateHosts: ReadonlySet<string>,
  network: Network,
): Promise<Thumbprint> {
  return withDeadline(DEFAULT_LIMITS.milliseconds, async (signal) => {
    const target = await planTarget(url, allowPrivateHosts, network)
    const socket = await openTls(target, { network, signal })
    try {
      const top = servedChain(socket).at(-1)
      if (top === undefined) throw new FetchError('untrusted', `\`${target.hostname}\` sent no certificate`)
      return thumbprintOf(top.raw)
    } finally {
      socket.destroy()
    }
  })
}
