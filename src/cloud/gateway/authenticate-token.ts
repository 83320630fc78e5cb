import { type AccountId, type Partition, parseArn, type Seconds, Secret, TokenError } from '../../core/index.ts'
import {
  checkTokenBeforeKey,
  type IssuerUrl,
  peekToken,
  type UnverifiedToken,
  verifyWebIdentityToken,
} from '../../standards/oidc/index.ts'
import type { IdentityReader, OidcProvider } from '../identity/index.ts'
import type { Principal, WebIdentityKeys } from '../operation.ts'
import type { Journey } from './model.ts'

export interface TokenParts {
  readonly identity: IdentityReader
  readonly keys: WebIdentityKeys
  readonly tokenLeewaySeconds: Seconds
}

/**
 * Step 2 for calls that show a web identity token: provider of the token's issuer in the role's account, audience and
 * times, the issuer's key, the signature; in AWS's order, from cheap to dear.
 * @throws TokenError with the first thing that is wrong
 */
export async function authenticateToken(
  journey: Journey,
  { jwt, roleArn }: { readonly jwt: string; readonly roleArn: string },
  { identity, keys, tokenLeewaySeconds }: TokenParts,
): Promise<Principal> {
  journey.roleArn = roleArn
  const token = peekToken(jwt)
  // SPEC: the provider is looked up in the account of the role, and before the role itself.
  const provider = providerOf(token, parseArn(roleArn)?.account ?? '', identity)
  journey.provider = provider
  const issuer = `https://${provider.url}` as IssuerUrl
  const { clientIds } = provider
  const now = journey.arrival.time
  checkTokenBeforeKey(token, { issuer, clientIds, now, leewaySeconds: tokenLeewaySeconds })
  const { key, connection, confirm } = await keys.find({
    issuer,
    thumbprints: provider.thumbprints,
    keyId: token.keyId,
  })
  const verified = await verifyWebIdentityToken(token, {
    issuer,
    clientIds,
    now,
    leewaySeconds: tokenLeewaySeconds,
    key,
  })
  // Last: who asks a cluster has to hold a token that it signed.
  await confirm?.(verified, new Secret(jwt))
  const { account } = provider
  const partition = parseArn(provider.arn)?.partition as Partition
  return { kind: 'web-identity', account, partition, provider, token: verified, connection }
}

function providerOf(token: UnverifiedToken, account: string, identity: IdentityReader): OidcProvider {
  const provider = identity.findProviderByIssuer(account as AccountId, token.issuer)
  if (provider !== undefined) return provider
  const { issuer, subject, audiences } = token
  throw new TokenError('unknown-issuer', `the account has no OIDC provider for \`${issuer.slice(0, 255)}\``, {
    issuer,
    audiences,
    ...(subject === undefined ? {} : { subject }),
  })
}
