import { readFile } from 'node:fs/promises'
import { type Clock, ConfigError, instant, Secret } from '../../core/index.ts'
import { createFresh, type ExchangedCredentials, exchangeToken, type Wire } from '../../io/aws/index.ts'
import type { SigningCredentials } from '../../standards/sigv4/index.ts'
import type { Environment } from './model.ts'

/** The agent's own, which its calls are signed with. */
export interface NodeCredentials {
  get(): Promise<SigningCredentials>
  /** They are not taken any more: the next ones are made anew, where they can be; not more often than every half minute. */
  forget(): void
  /** Which role, or which key; nothing secret. */
  readonly whose: string
}

export interface NodeCredentialsParts {
  readonly sts: Wire
  readonly sessionName: string
  readonly clock: Clock
}

/**
 * As SDKs find them: keys in the environment, or else a role that a token in a file is exchanged for, anew before it ends.
 * @throws ConfigError when the environment has neither
 */
export function findNodeCredentials(environment: Environment, parts: NodeCredentialsParts): NodeCredentials {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment
  if (AWS_ACCESS_KEY_ID !== undefined && AWS_SECRET_ACCESS_KEY !== undefined) {
    const credentials = {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: new Secret(AWS_SECRET_ACCESS_KEY),
      ...(AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: AWS_SESSION_TOKEN }),
    }
    return { whose: AWS_ACCESS_KEY_ID, get: async () => credentials, forget: () => undefined }
  }
  const { AWS_ROLE_ARN: roleArn, AWS_WEB_IDENTITY_TOKEN_FILE: file } = environment
  if (roleArn === undefined || file === undefined)
    throw new ConfigError('the agent has no credentials of its own to ask EKS Auth with', {
      hint: 'set AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE, as `openirsa agent manifest` does, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    })
  const { clock } = parts
  const make = () => createFresh(() => exchange(roleArn, file, parts), clock)
  let [fresh, forgotten] = [make(), instant(0)]
  return {
    whose: roleArn,
    get: async () => render(await fresh.get()),
    forget: () => {
      if (clock.now() - forgotten < FORGET_MILLISECONDS) return
      forgotten = clock.now()
      fresh = make()
    },
  }
}

/** Whoever is refused whatever it shows must not ask STS for every pod that asks. */
const FORGET_MILLISECONDS = 30_000

/** The file is read each time: the kubelet renews what is in it. */
async function exchange(
  roleArn: string,
  file: string,
  { sts, sessionName }: NodeCredentialsParts,
): Promise<ExchangedCredentials> {
  const token = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new ConfigError(`the agent's own token cannot be read: ${file}: ${cause.code ?? cause.message}`, { cause })
  })
  return exchangeToken({ ...sts, roleArn, sessionName, token: token.trim() })
}

function render({ accessKeyId, secretAccessKey, sessionToken }: ExchangedCredentials): SigningCredentials {
  return { accessKeyId, secretAccessKey, sessionToken: sessionToken.reveal() }
}
