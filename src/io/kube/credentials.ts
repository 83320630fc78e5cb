import { type Clock, plusSeconds, Secret, seconds } from '../../core/index.ts'
import { KubeError } from './errors.ts'
import { type ExecCredential, runExecPlugin } from './exec-plugin.ts'
import { createFileText } from './file-text.ts'
import type { ExecPlugin, KubeCredentials, KubeHost } from './model.ts'

/** What is shown to the API server with one request. */
export interface Shown {
  readonly token?: Secret
  /** The same object until it changes: connections are kept by it. */
  readonly certificate?: { readonly certificate: string; readonly key: Secret }
}

export interface CredentialSource {
  /** @throws KubeError `no-credentials` */
  show(): Promise<Shown>
  /** After an answer of 401: whether asking again may give something else. */
  renew(): boolean
}

/** A credential is not shown in the last seconds of its life. */
const SPARE_SECONDS = seconds(5)

const unchanging = (shown: Shown): CredentialSource => ({ show: async () => shown, renew: () => false })

export function createCredentialSource(credentials: KubeCredentials, host: KubeHost): CredentialSource {
  switch (credentials.kind) {
    case 'none':
      return unchanging({})
    case 'token':
      return { show: async () => ({ token: checked(credentials.token, 'the token') }), renew: () => false }
    case 'certificate': {
      const { certificate, key } = credentials
      return unchanging({ certificate: { certificate, key } })
    }
    case 'token-file':
      return tokenFile(credentials.path, host)
    case 'exec':
      return execSource(credentials.plugin, host)
  }
}

function tokenFile(path: string, { clock }: { readonly clock: Clock }): CredentialSource {
  const file = createFileText(path, { clock })
  return {
    show: async () => ({ token: checked(new Secret((await file.read()).trim()), `\`${path}\``) }),
    renew: () => {
      file.forget()
      return true
    },
  }
}

function execSource(plugin: ExecPlugin, host: KubeHost): CredentialSource {
  let known: ExecCredential | undefined
  let running: Promise<ExecCredential> | undefined
  const isUsable = ({ expiresAt }: ExecCredential): boolean =>
    expiresAt === undefined || host.clock.now() < plusSeconds(expiresAt, seconds(-SPARE_SECONDS))
  const ask = async (): Promise<ExecCredential> => {
    if (known !== undefined && isUsable(known)) return known
    // Many calls at once share one run.
    running ??= runExecPlugin(plugin, host).finally(() => {
      running = undefined
    })
    known = await running
    return known
  }
  return {
    show: async () => {
      const { token, certificate } = await ask()
      return {
        ...(token === undefined ? {} : { token: checked(token, 'the token of the credential plug-in') }),
        ...(certificate === undefined ? {} : { certificate }),
      }
    },
    renew: () => {
      known = undefined
      return true
    },
  }
}

/** What goes into a header must not break out of it. */
function checked(token: Secret, name: string): Secret {
  if (/^[\x21-\x7e]+$/.test(token.reveal())) return token
  throw new KubeError('no-credentials', `${name} is empty, or has characters that no token has`)
}
