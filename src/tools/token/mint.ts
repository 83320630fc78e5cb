import { type Instant, instant, type Seconds, type ServiceAccountRef } from '../../core/index.ts'
import { askInstallation, defaultAudienceOf, readFacts } from '../../io/installation/index.ts'

export interface MintOptions {
  readonly dataDirectory: string
  readonly serviceAccount: ServiceAccountRef
  /** None: AWS STS alone, as it is called in the installation's partition. */
  readonly audiences: readonly string[]
  /** Name or ARN of the cluster; default the local one. */
  readonly cluster?: string
  readonly durationSeconds: Seconds
}

/**
 * A token as Kubernetes' TokenRequest gives it.
 * @throws ControlError when there is no such service account or cluster, or kube-apiserver would refuse the duration
 */
export async function mintToken(
  options: MintOptions,
): Promise<{ readonly token: string; readonly expiresAt: Instant }> {
  const { dataDirectory, cluster, serviceAccount, durationSeconds: expirationSeconds } = options
  const audiences =
    options.audiences.length > 0 ? options.audiences : [defaultAudienceOf(await readFacts(dataDirectory))]
  const body = { ...serviceAccount, audiences, expirationSeconds }
  const answer = (await askInstallation(dataDirectory, { method: 'POST', path: 'token-requests', body, cluster })) as {
    token: string
    expiresAt: number
  }
  return { token: answer.token, expiresAt: instant(answer.expiresAt) }
}
