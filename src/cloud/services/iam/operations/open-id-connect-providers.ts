import type { IdentityChanges, OidcProvider, ProviderChange } from '../../../identity/index.ts'
import { providerNotFound } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import type { IamParts, Operations, Scope } from '../model.ts'
import { type ContextKeys, listArn, may, reading, writing } from '../row.ts'
import { renderTags, resourceTagKeys } from '../tags.ts'
import { readThumbprints, tooManyClientIds } from './create-open-id-connect-provider.ts'

interface ProviderInput {
  readonly OpenIDConnectProviderArn: string
}
interface ClientIdInput extends ProviderInput {
  readonly ClientID: string
}
interface ThumbprintInput extends ProviderInput {
  readonly ThumbprintList: readonly string[]
}

/** Everything that is done with a provider that exists, but for its tags. */
export function openIDConnectProviders(parts: IamParts): Operations {
  const { identity } = parts
  const on = (action: string) => (input: ProviderInput, scope: Scope) => [
    may(scope, action, onProvider(identity, input.OpenIDConnectProviderArn)),
  ]
  const update = async (
    { OpenIDConnectProviderArn: arn }: ProviderInput,
    change: (provider: OidcProvider) => ProviderChange,
  ) => {
    await identity.change((changes) => {
      const provider = getProvider(changes, arn)
      changes.updateProvider(provider, change(provider))
    })
    return {}
  }
  return {
    GetOpenIDConnectProvider: reading<ProviderInput>(parts, {
      requires: on('GetOpenIDConnectProvider'),
      perform: ({ OpenIDConnectProviderArn: arn }) => renderProvider(getProvider(identity, arn)),
    }),
    ListOpenIDConnectProviders: reading<object>(parts, {
      requires: (_input, scope) => [
        may(scope, 'ListOpenIDConnectProviders', { arn: `${listArn(scope, 'oidc-provider')}*` }),
      ],
      perform: (_input, { account }) => ({
        OpenIDConnectProviderList: identity.providersOf(account).map(({ arn }) => ({ Arn: arn })),
      }),
    }),
    // SPEC: deleting what does not exist is no error.
    DeleteOpenIDConnectProvider: writing<ProviderInput>(parts, {
      requires: on('DeleteOpenIDConnectProvider'),
      perform: async ({ OpenIDConnectProviderArn: arn }) => {
        await identity.change((changes) => {
          const provider = changes.findProviderByArn(arn)
          if (provider !== undefined) changes.deleteProvider(provider)
        })
        return {}
      },
    }),
    AddClientIDToOpenIDConnectProvider: writing<ClientIdInput>(parts, {
      requires: on('AddClientIDToOpenIDConnectProvider'),
      perform: (input) => update(input, (provider) => withClientId(provider, input.ClientID)),
    }),
    RemoveClientIDFromOpenIDConnectProvider: writing<ClientIdInput>(parts, {
      requires: on('RemoveClientIDFromOpenIDConnectProvider'),
      perform: (input) =>
        update(input, ({ clientIds }) => ({ clientIds: clientIds.filter((clientId) => clientId !== input.ClientID) })),
    }),
    UpdateOpenIDConnectProviderThumbprint: writing<ThumbprintInput>(parts, {
      requires: on('UpdateOpenIDConnectProviderThumbprint'),
      perform: (input) => update(input, () => ({ thumbprints: readThumbprints(input.ThumbprintList) })),
    }),
  }
}

type Providers = Pick<IdentityChanges, 'findProviderByArn'>

/** @throws ApiError NoSuchEntity */
export function getProvider(identity: Providers, arn: string): OidcProvider {
  const provider = identity.findProviderByArn(arn)
  if (provider === undefined) throw providerNotFound(arn)
  return provider
}

export function onProvider(identity: Providers, arn: string, keys: ContextKeys = {}) {
  const tags = identity.findProviderByArn(arn)?.tags
  return { arn, keys: tags === undefined ? keys : { ...resourceTagKeys(tags), ...keys } }
}

function withClientId({ clientIds }: OidcProvider, added: string): ProviderChange {
  if (clientIds.includes(added)) return {}
  if (clientIds.length >= LIMITS.clientIds) throw tooManyClientIds()
  return { clientIds: [...clientIds, added] }
}

function renderProvider({ url, clientIds, thumbprints, createdAt, tags }: OidcProvider) {
  return {
    // SPEC: without the scheme, as IAM answers it.
    Url: url,
    ClientIDList: clientIds,
    ThumbprintList: thumbprints,
    CreateDate: new Date(createdAt),
    Tags: renderTags(tags),
  }
}
