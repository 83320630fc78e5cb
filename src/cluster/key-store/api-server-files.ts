import type { SigningKey } from '../../standards/oidc/index.ts'
import { renderSigningKey } from '../issuer/index.ts'
import type { IssuerState } from './model.ts'

/** Names of the files for kube-apiserver, in the issuer's directory. */
export const API_SERVER_FILES = { signing: 'signing.key', verification: 'verification.pub' } as const

/**
 * What kube-apiserver reads when it signs by itself: `--service-account-signing-key-file`, and `--service-account-key-file` with every
 * key that tokens are verified with, one PEM block after the other.
 */
export function renderApiServerFiles(
  { keys }: Pick<IssuerState, 'keys'>,
  active: SigningKey,
): Readonly<Record<string, string>> {
  const pems = keys.map(({ publicKey }) => publicKey.export({ type: 'spki', format: 'pem' }).toString())
  return { [API_SERVER_FILES.signing]: renderSigningKey(active), [API_SERVER_FILES.verification]: pems.join('') }
}
