import { IssuerUrlError, parseIssuerUrl, parseThumbprint, ThumbprintError } from '../../../../standards/oidc/index.ts'
import { iamArn, type OidcProvider } from '../../../identity/index.ts'
import type { Operation } from '../../../operation.ts'
import {
  invalidProviderUrl,
  issuerUnreachable,
  noThumbprint,
  providerTaken,
  quotaExceeded,
  tooManyThumbprints,
} from '../errors.ts'
import { LIMITS } from '../limits.ts'
import type { IamParts, Scope, Tag } from '../model.ts'
import { may, writing } from '../row.ts'
import { readTags, requestTagKeys, tagsMember } from '../tags.ts'

export interface CreateOpenIDConnectProviderInput {
  readonly Url: string
  readonly ClientIDList?: readonly string[]
  readonly ThumbprintList?: readonly string[]
  readonly Tags?: readonly Tag[]
}

export function createOpenIDConnectProvider(parts: IamParts): Operation<CreateOpenIDConnectProviderInput> {
  return writing(parts, {
    requires: ({ Url, Tags = [] }, scope) => {
      const on = { arn: iamArn(scope, `oidc-provider/${readProviderUrl(Url)}`), keys: requestTagKeys(Tags) }
      const tagging = Tags.length === 0 ? [] : [may(scope, 'TagOpenIDConnectProvider', on)]
      return [may(scope, 'CreateOpenIDConnectProvider', on), ...tagging]
    },
    perform: async (input, scope) => {
      const { arn, tags } = await create(parts, input, scope)
      return { OpenIDConnectProviderArn: arn, ...tagsMember(tags) }
    },
  })
}

async function create(
  { identity, thumbprints: source }: IamParts,
  input: CreateOpenIDConnectProviderInput,
  { account }: Scope,
): Promise<OidcProvider> {
  const url = readProviderUrl(input.Url)
  if (!source.permits(`https://${url}`)) throw invalidProviderUrl()
  const clientIds = [...new Set(input.ClientIDList)]
  if (clientIds.length > LIMITS.clientIds) throw tooManyClientIds()
  const given = readThumbprints(input.ThumbprintList ?? [])
  const tags = readTags(input.Tags)
  // Before the network is asked: what cannot be made needs no thumbprint.
  if (identity.findProviderByIssuer(account, `https://${url}`) !== undefined) throw providerTaken(url)
  const thumbprints = given.length > 0 ? given : [await findThumbprint(source, url)]
  return identity.change((changes) => {
    const there = changes.providersOf(account)
    if (there.some((provider) => provider.url === url)) throw providerTaken(url)
    if (there.length >= LIMITS.providers) throw quotaExceeded('OpenIdConnectProvidersPerAccount', LIMITS.providers)
    return changes.createProvider({ account, url, clientIds, thumbprints, tags })
  })
}

export const tooManyClientIds = () => quotaExceeded('ClientIdsPerOpenIdConnectProvider', LIMITS.clientIds)

/** Without scheme. @throws ApiError ValidationError */
function readProviderUrl(text: string): string {
  try {
    return parseIssuerUrl(text).slice('https://'.length)
  } catch (error) {
    if (error instanceof IssuerUrlError) throw invalidProviderUrl()
    throw error
  }
}

/** In lower case, each once. @throws ApiError InvalidInput */
export function readThumbprints(list: readonly string[]): readonly string[] {
  if (list.length > LIMITS.thumbprints) throw tooManyThumbprints()
  try {
    return [...new Set(list.map((text) => parseThumbprint(text)))]
  } catch (error) {
    if (error instanceof ThumbprintError) throw noThumbprint()
    throw error
  }
}

/** SPEC: without thumbprints IAM asks the issuer's server for its top certificate. @throws ApiError OpenIdIdpCommunicationError */
async function findThumbprint(source: IamParts['thumbprints'], url: string): Promise<string> {
  const found = await source.find(`https://${url}`)
  if (found === undefined) throw issuerUnreachable(url)
  return found
}
