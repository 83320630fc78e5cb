import { actionsOf, type CatalogueRow, catalogueRow, type WholeCatalogue } from '../../cloud/catalogue/index.ts'
import { parseArn } from '../../core/index.ts'
import type { RecordedCall } from './recorded-call.ts'
import { literalPattern, placeOf, resourcesOf } from './recorded-resource.ts'

/** What a call needed to be allowed. */
export interface Need {
  readonly action: string
  /** A pattern. */
  readonly resource: string
}

export interface RecordedNeeds {
  readonly needs: readonly Need[]
  readonly notes: readonly string[]
}

/** Services whose events have another name than their actions. */
const PREFIXES: Readonly<Record<string, string>> = {
  monitoring: 'cloudwatch',
  email: 'ses',
  tagging: 'tag',
  cloudcontrolapi: 'cloudformation',
}

export function prefixOf({ eventSource }: Pick<RecordedCall, 'eventSource'>): string {
  const [host = ''] = eventSource.split('.')
  return (Object.hasOwn(PREFIXES, host) ? PREFIXES[host] : undefined) ?? host
}

/** SPEC: "No permissions are required": who asks who he is, and exchanges, which the role's trust policy decides. */
const FREE: ReadonlySet<string> = new Set([
  'sts:GetCallerIdentity',
  'sts:GetSessionToken',
  'sts:AssumeRoleWithWebIdentity',
  'sts:AssumeRoleWithSAML',
])

/** Undefined for a call that needs no permission. `whole` knows the names of actions in services that are not ours. */
export function needsOf(call: RecordedCall, whole: WholeCatalogue | undefined): RecordedNeeds | undefined {
  const prefix = prefixOf(call)
  if (FREE.has(`${prefix}:${call.eventName}`)) return undefined
  const row = rowOf(prefix, call.eventName, whole)
  if (row === undefined)
    return { needs: [], notes: [`${call.eventName} of ${call.eventSource}: no action of it is known; it is left out`] }
  const source = copySourceOf(call)
  const actions = mainActions(row, call).filter((action) => source === undefined || !action.startsWith('s3:GetObject'))
  const found = [...actions, ...further(row, call), ...stsActions(prefix, call)].map((action) => ({
    action,
    ...resourcesOf(action, call),
  }))
  return {
    needs: [
      ...found.flatMap(({ action, patterns }) => patterns.map((resource) => ({ action, resource }))),
      ...(source === undefined ? [] : [source]),
      ...passedRoles(prefix, call),
    ],
    notes: found.flatMap(({ notes }) => notes),
  }
}

// Lambda writes the version of its API behind the name of some events.
const VERSION = /\d{8}(v\d+)?$/
const RENAMED: Readonly<Record<string, string>> = { 'lambda:Invoke': 'InvokeFunction' }

function rowOf(prefix: string, eventName: string, whole: WholeCatalogue | undefined): CatalogueRow | undefined {
  const bare = eventName.replace(VERSION, '')
  const renamed = Object.hasOwn(RENAMED, `${prefix}:${bare}`) ? RENAMED[`${prefix}:${bare}`] : undefined
  for (const name of [eventName, bare, ...(renamed === undefined ? [] : [renamed])]) {
    const row = catalogueRow(prefix, name)
    if (row !== undefined) return row
    if (actionsOf(prefix).length === 0 && whole?.actionsOf(prefix).includes(name))
      return { actions: [`${prefix}:${name}`], furtherActions: [], accessLevel: 'Write', resourceTemplate: '*' }
  }
  return undefined
}

/** Who names a version of an object needs the action for versions instead. */
function mainActions({ actions, furtherActions }: CatalogueRow, { parameters }: RecordedCall): readonly string[] {
  const ofVersions = furtherActions.filter(({ when }) => when === 'versionId').map(({ action }) => action)
  return typeof parameters.versionId === 'string' && ofVersions.length > 0 ? ofVersions : actions
}

/** Actions that headers add, as far as they are recorded: conditions such as `h:x-amz-acl|x-amz-grant-*`. */
function further({ furtherActions }: CatalogueRow, { parameters }: RecordedCall): readonly string[] {
  // What headers say is recorded as a text; lists and objects are parameters of a body.
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    typeof value === 'object' ? [] : [[name.toLowerCase(), String(value)] as const],
  )
  const holds = (condition: string): boolean => {
    const [wanted = '', value] = condition.split('=')
    return given.some(
      ([name, found]) =>
        (wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted) &&
        (value === undefined || value === found),
    )
  }
  return furtherActions
    .filter(({ when }) => when.startsWith('h:') && when.slice(2).split('|').some(holds))
    .map(({ action }) => action)
}

function stsActions(prefix: string, { eventName, parameters }: RecordedCall): readonly string[] {
  if (prefix !== 'sts' || eventName !== 'AssumeRole') return []
  const { tags, sourceIdentity } = parameters
  return [
    ...(Array.isArray(tags) && tags.length > 0 ? ['sts:TagSession'] : []),
    ...(typeof sourceIdentity === 'string' ? ['sts:SetSourceIdentity'] : []),
  ]
}

/** The object that a copy is made of. */
function copySourceOf(call: RecordedCall): Need | undefined {
  const { eventSource, parameters } = call
  const header = parameters['x-amz-copy-source']
  if (eventSource !== 's3.amazonaws.com' || typeof header !== 'string') return undefined
  const [path = '', version] = header.replace(/^\//, '').split('?versionId=')
  const object = decode(path)
  return {
    action: version === undefined ? 's3:GetObject' : 's3:GetObjectVersion',
    resource: literalPattern(object.startsWith('arn:') ? object : `arn:${placeOf(call).partition}:s3:::${object}`),
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Who hands a role to a service must be allowed to. SPEC: IAM User Guide, "Grant a user permissions to pass a role". */
function passedRoles(prefix: string, { parameters, readOnly }: RecordedCall): readonly Need[] {
  if (prefix === 'sts' || prefix === 'iam' || readOnly) return []
  return Object.entries(parameters).flatMap(([name, value]) => {
    if (!/^role$|rolearn$/i.test(name) || typeof value !== 'string') return []
    const arn = parseArn(value)
    const isRole = arn?.service === 'iam' && arn.resource.startsWith('role/')
    return isRole ? [{ action: 'iam:PassRole', resource: literalPattern(value) }] : []
  })
}
