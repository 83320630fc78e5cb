import type { AccountId } from '../../../../core/index.ts'
import type { IdentityChanges, IdentityLookup } from '../../../identity/index.ts'
import type { Requirement } from '../../../operation.ts'
import type { IamParts, Operations, PageInput, Scope, Tag } from '../model.ts'
import { pageOf } from '../paging.ts'
import { type ContextKeys, reading, writing } from '../row.ts'
import { readTags, renderTags, requestTagKeys, type Tags, withoutTags, withTags } from '../tags.ts'

/** A noun that bears tags. */
export interface Taggable {
  /** As in `TagRole`. */
  readonly noun: string
  /** Input member that names one. */
  readonly nameMember: string
  may(action: string, name: string, on: { readonly scope: Scope; readonly keys: ContextKeys }): Requirement
  /** @throws ApiError NoSuchEntity */
  tagsOf(identity: IdentityLookup, account: AccountId, name: string): Tags
  /** @throws ApiError NoSuchEntity */
  setTags(changes: IdentityChanges, bearer: { readonly account: AccountId; readonly name: string }, tags: Tags): void
}

type TagInput = Readonly<Record<string, unknown>> & { readonly Tags: readonly Tag[] }
type UntagInput = Readonly<Record<string, unknown>> & { readonly TagKeys: readonly string[] }
type ListInput = Readonly<Record<string, unknown>> & PageInput

/** `TagRole`, `UntagRole`, `ListRoleTags`; the same for every noun that bears tags. */
export function tagOperations(parts: IamParts, bearer: Taggable): Operations {
  const { identity } = parts
  const nameOf = (input: Readonly<Record<string, unknown>>): string => String(input[bearer.nameMember])
  const change = async (input: Readonly<Record<string, unknown>>, { account }: Scope, how: (tags: Tags) => Tags) => {
    const name = nameOf(input)
    await identity.change((changes) => {
      const tags = bearer.tagsOf(changes, account, name)
      bearer.setTags(changes, { account, name }, how(tags))
    })
    return {}
  }
  return {
    [`Tag${bearer.noun}`]: writing<TagInput>(parts, {
      requires: (input, scope) => [
        bearer.may(`Tag${bearer.noun}`, nameOf(input), { scope, keys: requestTagKeys(input.Tags) }),
      ],
      perform: async (input, scope) => {
        const added = readTags(input.Tags)
        return change(input, scope, (tags) => withTags(tags, added))
      },
    }),
    [`Untag${bearer.noun}`]: writing<UntagInput>(parts, {
      requires: (input, scope) => [
        bearer.may(`Untag${bearer.noun}`, nameOf(input), { scope, keys: { 'aws:TagKeys': input.TagKeys } }),
      ],
      perform: (input, scope) => change(input, scope, (tags) => withoutTags(tags, input.TagKeys)),
    }),
    [`List${bearer.noun}Tags`]: reading<ListInput>(parts, {
      requires: (input, scope) => [bearer.may(`List${bearer.noun}Tags`, nameOf(input), { scope, keys: {} })],
      perform: (input, { account }) => {
        // A tag key may be longer than a marker: its place is the marker.
        const placed = renderTags(bearer.tagsOf(identity, account, nameOf(input))).map((tag, place) => ({
          tag,
          place: String(place).padStart(3, '0'),
        }))
        const { items, more } = pageOf(placed, ({ place }) => place, input)
        return { Tags: items.map(({ tag }) => tag), ...more }
      },
    }),
  }
}
