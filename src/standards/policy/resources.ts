import { splitArnPattern, splitArnText } from './arn-pattern.ts'
import { beginsWith, compileGlob, compileMatcher, type Matcher } from './glob.ts'
import { KINDS } from './kinds.ts'
import type { ContextKeys, PolicyDocument, Statement } from './model.ts'
import { hasVariables, type Part, type PatternSyntax, parsePattern, readInResource, variablesOf } from './pattern.ts'

/** What decides how resources are read. */
export type ResourceSyntax = Pick<PolicyDocument, 'kind' | 'version'>
export type ResourceTest = (resource: string, keys: ContextKeys) => boolean

/** SPEC: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html */
export function compileResources(
  { not, patterns }: NonNullable<Statement['resources']>,
  syntax: ResourceSyntax,
): ResourceTest {
  const matchers = patterns.map((pattern) => compileResource(pattern, syntax))
  if (!not) return (resource, keys) => matchers.some((matches) => matches(resource, keys) === true)
  // A pattern that means nothing in this request must not widen what the others leave.
  return (resource, keys) => matchers.every((matches) => matches(resource, keys) === false)
}

/** What may follow a pattern's prefix: anything, nothing, or what the matcher lets through. */
export type Rest = 'anything' | 'nothing' | 'asked'

export interface PrefixedMatcher {
  /** With what every resource begins that the pattern matches. */
  readonly prefix: string
  readonly rest: Rest
  readonly matcher: Matcher
}

export function compilePrefixed(pattern: string, syntax: ResourceSyntax): PrefixedMatcher {
  const form = readForm(pattern, syntax)
  const rest = form.kind === 'everything' ? 'anything' : form.kind === 'whole' ? restOf(form.parts) : 'asked'
  return { prefix: prefixOf(form.parts), rest, matcher: compileForm(form) }
}

function prefixOf([first]: readonly Part[]): string {
  return first?.kind === 'text' ? first.text : ''
}

function restOf([first, second, third]: readonly Part[]): Rest {
  if (first?.kind !== 'text' || third !== undefined) return 'asked'
  if (second === undefined) return 'nothing'
  return second.kind === 'any' ? 'anything' : 'asked'
}

/** Undefined when the pattern means nothing in this request: a variable without a value, or no ARN at all. */
export function compileResource(pattern: string, syntax: ResourceSyntax): Matcher {
  return compileForm(readForm(pattern, syntax))
}

/** How a pattern is matched. `whole`: as one text; `segments`: part by part, because of a wildcard before the fifth colon. */
type Form = { readonly kind: 'everything' | 'whole' | 'meaningless'; readonly parts: readonly Part[] } | SegmentsForm

interface SegmentsForm {
  readonly kind: 'segments'
  readonly parts: readonly Part[]
  readonly segments: readonly string[]
  readonly variables: PatternSyntax['variables']
}

function readForm(pattern: string, { kind, version }: ResourceSyntax): Form {
  const variables = variablesOf(version)
  const parts = parsePattern(pattern, { wildcards: 'read', variables })
  if (isEverything(parts)) return { kind: 'everything', parts }
  const written = splitArnPattern(pattern, variables)
  const segments = fillShortArn(written, KINDS[kind].shortArn)
  // SPEC: variables may stand behind the fifth colon only.
  if (segments === undefined || segments.slice(0, 5).some((segment) => variables === 'read' && segment.includes('${')))
    return { kind: 'meaningless', parts }
  const isWhole = written.length === 6 && !segments.slice(0, 5).some((segment) => /[*?]/.test(segment))
  return isWhole ? { kind: 'whole', parts } : { kind: 'segments', parts, segments, variables }
}

function compileForm(form: Form): Matcher {
  switch (form.kind) {
    case 'everything':
      return () => true
    case 'meaningless':
      return () => undefined
    case 'whole':
      return compileMatcher(form.parts, readInResource)
    case 'segments':
      return compileSegments(form)
  }
}

export function isEverything(parts: readonly Part[]): boolean {
  return parts.length === 1 && parts[0]?.kind === 'any'
}

/** `arn:aws:s3:*` leaves open what comes behind: each missing part is `*`, for kinds of documents where that is so. */
function fillShortArn(written: readonly string[], rule: 'open-ended' | 'by-wildcard'): readonly string[] | undefined {
  if (written.length === 6) return written
  if (rule === 'by-wildcard' && !written.some((segment) => /[*?]/.test(segment))) return undefined
  return [...written, ...new Array<string>(6 - written.length).fill('*')]
}

/** A wildcard among the first five parts does not reach over a colon. */
function compileSegments({ parts, segments, variables }: SegmentsForm): Matcher {
  const prefix = prefixOf(parts)
  const leading = segments
    .slice(0, 5)
    .map((segment) => compileGlob(parsePattern(segment, { wildcards: 'read', variables: 'literal' })))
  const lastParts = parsePattern(segments[5] ?? '', { wildcards: 'read', variables })
  const last = compileMatcher(lastParts, readInResource)
  const isFixed = !hasVariables(lastParts)
  return (resource, keys) => {
    if (isFixed && !beginsWith(resource, prefix)) return false
    const found = splitArnText(resource)
    const matches = last(found?.[5] ?? '', keys)
    if (matches === undefined || found === undefined) return matches === undefined ? undefined : false
    return matches && leading.every((fits, at) => fits(found[at] ?? ''))
  }
}
