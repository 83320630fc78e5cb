import { type Instant, instant, type Seconds, type ServiceAccountRef } from '../../core/index.ts'
import { askInstallation } from '../../io/installation/index.ts'

export interface MintOptions {
  readonly dataDirectory: string
  readonly serviceAccount: ServiceAccountRef
  /** Default: AWS STS alone. */
  readonly audiences: readonly string[]
  readonly durationSeconds: Seconds
}

/**
 * A token as Kubernetes' TokenRequest gives it.
 * @throws ControlError when there is no such service account, or kube-apiserver would refuse the duration
 */
export async function mintToken(
  options: MintOptions,
): Promise<{ readonly token: string; readonly expiresAt: Instant }> {
  const body = { ...options.serviceAccount, audiences: options.audiences, expirationSeconds: options.durationSeconds }
  const answer = (await askInstallation(options.dataDirectory, { method: 'POST', path: 'token-requests', body })) as {
    token: string
    expiresAt: number
  }
  return { token: answer.token, expiresAt: instant(answer.expiresAt) }
}
