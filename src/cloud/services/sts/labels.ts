import {
  conflictsWithTransitiveTag,
  duplicateTagKeys,
  reservedTagKey,
  sourceIdentityIsSet,
  transitiveKeyNotATag,
} from './errors.ts'
import type { AssumeRoleInput, Labels, Tag } from './model.ts'
import type { Signer } from './principals.ts'

/** What AssumeRole was asked to set. @throws ApiError for tags that contradict each other */
export function labelsOfInput({ Tags = [], TransitiveTagKeys = [], SourceIdentity }: AssumeRoleInput): Labels {
  checkTags(Tags, TransitiveTagKeys)
  return {
    tags: new Map(Tags.map(({ Key, Value }) => [Key, Value])),
    transitiveTagKeys: TransitiveTagKeys,
    ...(SourceIdentity === undefined ? {} : { sourceIdentity: SourceIdentity }),
  }
}

/** SPEC: tag keys are compared without regard to case, and `aws:` is reserved (IAM User Guide, "Pass session tags"). @throws ApiError */
export function checkTags(tags: readonly Tag[], transitiveTagKeys: readonly string[]): void {
  const keys = tags.map(({ Key }) => Key.toLowerCase())
  if (new Set(keys).size < keys.length) throw duplicateTagKeys()
  if (keys.some((key) => key.startsWith('aws:'))) throw reservedTagKey()
  if (transitiveTagKeys.some((key) => !keys.includes(key.toLowerCase()))) throw transitiveKeyNotATag()
}

/** What a session hands on to every session that is made with it: its transitive tags, its source identity. */
export function inheritedLabels(signer: Signer): Labels {
  if (signer.kind === 'iam-user') return { tags: new Map(), transitiveTagKeys: [] }
  const { tags, transitiveTagKeys, sourceIdentity } = signer.session
  const handedOn = new Set(transitiveTagKeys.map((key) => key.toLowerCase()))
  return {
    tags: new Map([...tags].filter(([key]) => handedOn.has(key.toLowerCase()))),
    transitiveTagKeys,
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
  }
}

/** SPEC: an inherited tag cannot be overridden, nor an inherited source identity changed. @throws ApiError when they would be */
export function joinLabels(inherited: Labels, passed: Labels): Labels {
  const taken = new Set([...inherited.tags.keys()].map((key) => key.toLowerCase()))
  if ([...passed.tags.keys()].some((key) => taken.has(key.toLowerCase()))) throw conflictsWithTransitiveTag()
  const sourceIdentity = passed.sourceIdentity ?? inherited.sourceIdentity
  if (inherited.sourceIdentity !== undefined && inherited.sourceIdentity !== sourceIdentity) throw sourceIdentityIsSet()
  return {
    tags: new Map([...inherited.tags, ...passed.tags]),
    transitiveTagKeys: [...inherited.transitiveTagKeys, ...passed.transitiveTagKeys],
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
  }
}
