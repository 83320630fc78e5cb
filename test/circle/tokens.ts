/** Tokens of a service account, asked for and reviewed at an API server of the test. */
import type { ApiServer } from './harness/api-server.ts'

export interface Token {
  readonly text: string
  readonly keyId: string
}

/** Namespace and service account `shop/orders`. */
export async function makeServiceAccount({ ask }: ApiServer): Promise<void> {
  const post = (path: string, kind: string, metadata: object) =>
    ask(path, { method: 'POST', body: { apiVersion: 'v1', kind, metadata } })
  await post('/api/v1/namespaces', 'Namespace', { name: 'shop' })
  const metadata = { name: 'orders', namespace: 'shop' }
  const { status, text } = await post('/api/v1/namespaces/shop/serviceaccounts', 'ServiceAccount', metadata)
  if (status !== 201) throw new Error(text)
}

/** Without audiences it is for the API server itself. */
export async function requestToken({ ask }: ApiServer, audiences: readonly string[]): Promise<Token> {
  const { status, text } = await ask('/api/v1/namespaces/shop/serviceaccounts/orders/token', {
    method: 'POST',
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences, expirationSeconds: 3600 },
    },
  })
  if (status !== 201) throw new Error(`TokenRequest: ${status} ${text}`)
  const { token } = (JSON.parse(text) as { status: { token: string } }).status
  const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }
  return { text: token, keyId: header.kid }
}

export async function isAccepted(
  { ask }: ApiServer,
  { text }: Pick<Token, 'text'>,
  audience: string,
): Promise<boolean> {
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    spec: { token: text, audiences: [audience] },
  }
  const answer = await ask('/apis/authentication.k8s.io/v1/tokenreviews', { method: 'POST', body })
  return (JSON.parse(answer.text) as { status?: { authenticated?: boolean } }).status?.authenticated === true
}
