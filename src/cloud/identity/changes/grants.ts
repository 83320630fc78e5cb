import type { IdentityChanges, PolicyHolder } from '../model.ts'
import type { Grants } from '../nouns.ts'
import { mustExist, type Workshop } from './workshop.ts'

type GrantChanges = Pick<IdentityChanges, 'putInlinePolicy' | 'deleteInlinePolicy' | 'attachPolicy' | 'detachPolicy'>

export function grantChanges(workshop: Workshop): GrantChanges {
  const { drafts, lookup } = workshop
  const change = (holder: PolicyHolder, how: (grants: Grants) => Partial<Grants>): void => {
    const grants = grantsOf(workshop, holder)
    drafts.grants.put({ ...grants, ...how(grants) })
  }
  return {
    putInlinePolicy: (holder, name, document) =>
      change(holder, ({ inline }) => ({ inline: new Map([...inline, [name, { name, document }]]) })),
    deleteInlinePolicy: (holder, name) =>
      change(holder, ({ inline }) => {
        mustExist(inline.get(name), `inline policy \`${name}\` of \`${holder.arn}\``)
        return { inline: new Map([...inline].filter(([other]) => other !== name)) }
      }),
    attachPolicy: (holder, { arn }) =>
      change(holder, ({ attached }) => {
        mustExist(lookup.findPolicy(arn), `policy \`${arn}\``)
        return { attached: attached.includes(arn) ? attached : [...attached, arn] }
      }),
    detachPolicy: (holder, { arn }) =>
      change(holder, ({ attached }) => ({ attached: attached.filter((other) => other !== arn) })),
  }
}

export function dropGrants({ drafts }: Workshop, { uniqueId }: PolicyHolder): void {
  const gone = drafts.grants.get(uniqueId)
  if (gone !== undefined) drafts.grants.remove(gone)
}

function grantsOf({ drafts }: Workshop, { uniqueId, account }: PolicyHolder): Grants {
  return drafts.grants.get(uniqueId) ?? { holderId: uniqueId, account, inline: new Map(), attached: [] }
}
