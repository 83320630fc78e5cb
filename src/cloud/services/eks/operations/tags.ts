import type { ApiCall, Operation } from '../../../operation.ts'
import { isAssociationArn } from '../association-arn.ts'
import { type EksParts, findClusterByArn, requestTagKeys } from '../clusters.ts'
import { resourceNotFound } from '../errors.ts'
import { findAssociationByArn } from '../find-association.ts'
import { mayOnArn } from '../requirements.ts'
import { readTags, withoutTags, withTags } from '../tags.ts'
import { reading, writing } from '../trail.ts'

export interface ListTagsForResourceInput {
  readonly resourceArn: string
}
export interface TagResourceInput extends ListTagsForResourceInput {
  readonly tags: Readonly<Record<string, string>>
}
export interface UntagResourceInput extends ListTagsForResourceInput {
  readonly tagKeys: readonly string[]
}

export function listTagsForResource(parts: EksParts): Operation<ListTagsForResourceInput> {
  return {
    ...reading,
    requires: async ({ resourceArn: arn }) => [await mayOnArn(parts, 'ListTagsForResource', { arn })],
    perform: async (call) => {
      const arn = await existing(parts, call)
      return { output: { tags: Object.fromEntries(await parts.repository.tagsOf(arn)) } }
    },
  }
}

export function tagResource(parts: EksParts): Operation<TagResourceInput> {
  return {
    ...writing,
    requires: async ({ resourceArn: arn, tags }) => [
      await mayOnArn(parts, 'TagResource', { arn, keys: requestTagKeys(readTags(tags)) }),
    ],
    perform: async (call) => {
      const added = readTags(call.input.tags)
      await parts.repository.changeTags(await existing(parts, call), (tags) => withTags(tags, added))
      return { output: {} }
    },
  }
}

export function untagResource(parts: EksParts): Operation<UntagResourceInput> {
  return {
    ...writing,
    requires: async ({ resourceArn: arn, tagKeys }) => [
      await mayOnArn(parts, 'UntagResource', { arn, keys: { 'aws:TagKeys': tagKeys } }),
    ],
    perform: async (call) => {
      await parts.repository.changeTags(await existing(parts, call), (tags) => withoutTags(tags, call.input.tagKeys))
      return { output: {} }
    },
  }
}

/** @throws ApiError NotFoundException */
async function existing(parts: EksParts, { input }: ApiCall<ListTagsForResourceInput>): Promise<string> {
  const { resourceArn: arn } = input
  const found = isAssociationArn(arn) ? await findAssociationByArn(parts, arn) : await findClusterByArn(parts, arn)
  if (found === undefined) throw resourceNotFound(arn)
  return arn
}
