import { catalogueAction, fillTemplate, type Surroundings } from '../../cloud/catalogue/index.ts'
import { type AccountId, parseArn, parseRegion, partitionOf, type Region } from '../../core/index.ts'
import { textOf } from '../../io/aws/index.ts'
import type { RecordedCall } from './recorded-call.ts'

/** Patterns of resources, and what has to be said when one of them covers more than the record tells. */
export interface RecordedResources {
  readonly patterns: readonly string[]
  readonly notes: readonly string[]
}

/** IAM takes policies in Latin-1 alone: a stretch of other characters becomes `*`. */
const UNWRITABLE = /[^\t\n\r\u0020-\u00ff]+/g

/** A text as a pattern that matches it alone. SPEC: `${*}`, `${?}` and `${$}` stand for the characters themselves. */
export function literalPattern(text: string): string {
  return text.replaceAll(/[*?$]/g, (character) => `\${${character}}`).replaceAll(UNWRITABLE, '*')
}

/** What the action was done to. The record's own ARNs count before what its parameters fill a template of the catalogue with. */
export function resourcesOf(action: string, call: RecordedCall): RecordedResources {
  const templates = catalogueAction(action)?.resourceTemplates
  if (templates?.length === 0) return { patterns: ['*'], notes: [] }
  // Access points are another way to the same bucket or object, and records name them themselves.
  const plain = templates?.filter((template) => !template.includes('accesspoint')) ?? []
  const fits = (arn: string): boolean =>
    templates === undefined ? isOfService(arn, action) : templates.some((template) => isLike(arn, template))
  const named = [call.resources, arnsIn(call.parameters), arnsIn(call.response)]
    .map((arns) => arns.filter(fits))
    .find((arns) => arns.length > 0)
  if (named !== undefined) return literal(named, action)
  if (templates === undefined || templates[0] === undefined)
    return { patterns: ['*'], notes: [`${action}: the records do not name its resource; * stands for it`] }
  return filled(action, plain.length === 0 ? templates : plain, call)
}

function literal(arns: readonly string[], action: string): RecordedResources {
  const patterns = [...new Set(arns.map(literalPattern))]
  const notes = patterns.some(isBroad)
    ? [`${action}: a name has characters that no policy can hold; * stands for them`]
    : []
  return { patterns, notes }
}

const isBroad = (pattern: string): boolean => pattern.replaceAll(`\${*}`, '').includes('*')

const isOfService = (arn: string, action: string): boolean => parseArn(arn)?.service === action.split(':', 1)[0]

/** ARNs among the values themselves and one object below. */
function arnsIn(members: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.values(members)
    .flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : [value]))
    .filter((value): value is string => typeof value === 'string' && parseArn(value) !== undefined)
}

/** Variables whose values may hold slashes and colons: they take the rest of the ARN. */
const LONG_NAMES: ReadonlySet<string> = new Set(['objectname', 'secretid', 'loggroupname', 'oidcprovidername'])

/** Whether the ARN is one of that template. */
function isLike(text: string, template: string): boolean {
  const [arn, shape] = [parseArn(text), parseArn(template)]
  if (arn?.service !== shape?.service || arn === undefined || shape === undefined) return false
  const [parts, names] = [arn.resource.split(/[/:]/), shape.resource.split(/[/:]/)]
  const last = variableOf(names.at(-1) ?? '')?.toLowerCase()
  const takesRest = last !== undefined && (LONG_NAMES.has(last) || last.endsWith('path'))
  if (takesRest ? parts.length < names.length : parts.length !== names.length) return false
  return names.every((name, at) => variableOf(name) !== undefined || name === parts[at])
}

const variableOf = (part: string): string | undefined => /^\$\{(\w+)\}$/.exec(part)?.[1]

function filled(action: string, templates: readonly string[], call: RecordedCall): RecordedResources {
  const place = placeOf(call)
  const input = inputOf(call)
  const fill = (template: string): string => fillTemplate(template, place, input)
  const whole = templates.filter((template) => !isBroad(fill(template)))
  const [template = templates[0] ?? '*'] = whole.toSorted((a, b) => variablesIn(b) - variablesIn(a))
  const pattern = fill(template)
  const notes: string[] = []
  if (isBroad(pattern)) notes.push(`${action}: the records do not tell its resource exactly; ${pattern} stands for it`)
  if (template.includes('WithPath}') && call.parameters.path === undefined)
    notes.push(`${action}: the records name no path; ${pattern} is the one without`)
  if (action.startsWith('secretsmanager:') && pattern.endsWith('-??????'))
    notes.push(`${action}: the records name the secret without its random suffix; ${pattern} stands for it`)
  return { patterns: [pattern], notes }
}

/** Where the call was made. */
export function placeOf({ region: name, account }: Pick<RecordedCall, 'region' | 'account'>): Surroundings {
  const region = parseRegion(name) ?? ('us-east-1' as Region)
  // What is no account matches no resource.
  return { partition: partitionOf(region), region, account: account as AccountId }
}

const variablesIn = (template: string): number => template.split('${').length

/** Parameters as literal patterns, under the names that templates know. */
function inputOf({ parameters, eventSource }: RecordedCall): Readonly<Record<string, string>> {
  const path = textOf(parameters.path).replace(/^\//, '')
  const entries = Object.entries(parameters).flatMap(([name, value]): [string, string][] => {
    if (typeof value !== 'string') return []
    if (name === 'queueUrl') return [['queueName', literalPattern(value.slice(value.lastIndexOf('/') + 1))]]
    // SPEC: the ARN of a secret is its name with six characters behind it.
    if (name === 'secretId') return [[name, `${literalPattern(value)}-??????`]]
    const isPlaced = eventSource === 'iam.amazonaws.com' && name.endsWith('Name')
    return [[name, literalPattern(isPlaced ? path + value : value)]]
  })
  return Object.fromEntries(entries)
}
