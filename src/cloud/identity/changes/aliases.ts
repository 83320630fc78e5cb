import type { IdentityChanges } from '../model.ts'
import { mustBeFree, type Workshop } from './workshop.ts'

export function aliasChanges({ drafts }: Workshop): Pick<IdentityChanges, 'setAlias'> {
  return {
    setAlias: (account, alias) => {
      const there = drafts.aliases.get(account)
      if (alias === undefined) {
        if (there !== undefined) drafts.aliases.remove(there)
        return
      }
      const taken = [...drafts.aliases.values()].find((other) => other.alias === alias && other.account !== account)
      mustBeFree(taken, `alias \`${alias}\``)
      drafts.aliases.put({ account, alias })
    },
  }
}
