import { startAgent } from '../../cluster/agent/index.ts'
import { OpenirsaError, type Secret } from '../../core/index.ts'
import { assumeRoleForPodIdentity, CallerRefusedError, EksAuthError } from '../../io/aws/index.ts'
import { createLog, systemClock, untilSignal } from '../../io/host/index.ts'
import { findEndpoints } from './endpoints.ts'
import type { AgentOptions } from './model.ts'
import { findNodeCredentials } from './node-credentials.ts'

export interface ServedAgent {
  readonly urls: readonly string[]
  readonly healthUrl: string
  /** Whose credentials EKS Auth is asked with. */
  readonly whose: string
  /** Resolves upon SIGINT or SIGTERM, when everything is closed. */
  untilStopped(): Promise<void>
}

/** How often the agent tries to get credentials of its own until it has some. */
const RETRY_MILLISECONDS = 5000

/** @throws ConfigError when an address, an endpoint or the agent's own identity cannot be used */
export async function serveAgent(options: AgentOptions): Promise<ServedAgent> {
  const { clusterName, region, addresses, health, nodeName, environment } = options
  const log = createLog({
    level: options.logLevel,
    format: 'text',
    write: (line) => options.say(line.trimEnd()),
  })
  const { eksAuth, sts } = await findEndpoints(options)
  const clock = systemClock
  const sessionName = `openirsa-agent-${nodeName ?? 'node'}`.replaceAll(/[^\w+=,.@-]/g, '-').slice(0, 64)
  const own = findNodeCredentials(environment, { sts, sessionName, clock })
  let unready: string | undefined = 'the agent has no credentials of its own yet'
  const findOwn = async () => {
    const credentials = await own.get().catch((cause: unknown) => {
      const said = cause instanceof OpenirsaError ? cause.message : 'STS cannot be reached'
      throw new EksAuthError('ServiceUnavailableException', 503, `the agent has no credentials: ${said}`, { cause })
    })
    unready = undefined
    return credentials
  }
  const exchange = async (token: Secret) => {
    const credentials = await findOwn()
    const asked = { ...eksAuth, region, clusterName, token, credentials, now: clock.now() }
    return assumeRoleForPodIdentity(asked).catch((failure: unknown) => {
      if (failure instanceof CallerRefusedError) own.forget()
      throw failure
    })
  }
  const unreadiness = (): string | undefined => unready
  const agent = await startAgent({ addresses, health, nodeName, exchange, unreadiness, clock, log })
  const trying = retry(findOwn, (failure) => log.warn({ failure }, 'the agent has no credentials of its own'))
  return {
    urls: agent.urls,
    healthUrl: agent.healthUrl,
    whose: own.whose,
    untilStopped: async () => {
      await untilSignal()
      trying.stop()
      await agent.close()
    },
  }
}

/** Until it is done once. */
function retry(work: () => Promise<unknown>, onFailure: (failure: unknown) => void): { stop(): void } {
  let timer: NodeJS.Timeout | undefined
  let isOver = false
  const go = async (): Promise<void> => {
    try {
      await work()
    } catch (failure) {
      onFailure(failure)
      if (!isOver) timer = setTimeout(() => void go(), RETRY_MILLISECONDS)
    }
  }
  void go()
  return {
    stop: () => {
      isOver = true
      clearTimeout(timer)
    },
  }
}
