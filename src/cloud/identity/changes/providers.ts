import type { IdentityChanges, OidcProvider } from '../model.ts'
import { arnIn, mustBeFree, mustExist, type Workshop } from './workshop.ts'

type ProviderChanges = Pick<IdentityChanges, 'createProvider' | 'updateProvider' | 'deleteProvider'>

export function providerChanges(workshop: Workshop): ProviderChanges {
  const { drafts, lookup, clock } = workshop
  const current = ({ arn }: OidcProvider) => mustExist(lookup.findProviderByArn(arn), `provider \`${arn}\``)
  return {
    createProvider: ({ account, url, clientIds, thumbprints, tags = new Map() }) => {
      const arn = arnIn(workshop, account, `oidc-provider/${url}`)
      mustBeFree(lookup.findProviderByArn(arn), `provider \`${arn}\``)
      const provider = { account, arn, url, clientIds, thumbprints, createdAt: clock.now(), tags }
      drafts.providers.put(provider)
      return provider
    },
    updateProvider: (provider, change) => {
      const updated = { ...current(provider), ...change }
      drafts.providers.put(updated)
      return updated
    },
    deleteProvider: (provider) => drafts.providers.remove(current(provider)),
  }
}
