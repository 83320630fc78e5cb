import type { AccountId, Partition, Region } from '../../core/index.ts'
import { ACTION_TABLES } from './generated/actions.ts'
import { OVERRIDES } from './generated/overrides.ts'
import type { AccessLevel, ActionRow, OverrideRow } from './table.ts'

/** What an operation needs when nobody has said it more precisely. */
export interface CatalogueRow {
  /** Actions of the plain call, the main one first. */
  readonly actions: readonly string[]
  /** Actions that certain parameters add, each with the condition in words. */
  readonly furtherActions: readonly { readonly action: string; readonly when: string }[]
  readonly accessLevel: AccessLevel
  /** ARN template such as `arn:${Partition}:eks:${Region}:${Account}:cluster/${ClusterName}`, or `*`. */
  readonly resourceTemplate: string
}

/** One IAM action. */
export interface CatalogueAction {
  readonly accessLevel: AccessLevel
  /** ARN templates of the resources that it applies to, required ones first; empty for an action that knows only `*`. */
  readonly resourceTemplates: readonly string[]
  /** Condition keys beyond the global ones; `${TagKey}` or `<key>` stands for a part that is free. */
  readonly conditionKeys: readonly string[]
}

/**
 * The permissions of an operation by the catalogue: the action named after it, or what the table of exceptions says.
 * Answers undefined for an operation that IAM's data does not know; such a call is denied.
 * @param service IAM prefix, such as `s3`
 */
export function catalogueRow(service: string, operation: string): CatalogueRow | undefined {
  const override = own(own(OVERRIDES, service), operation)
  if (override !== undefined) return overriddenRow(override)
  const row = actionRow(`${service}:${operation}`)
  if (row === undefined) return undefined
  const [accessLevel] = row
  return {
    actions: [`${service}:${operation}`],
    furtherActions: [],
    accessLevel,
    resourceTemplate: mainResource(service, row),
  }
}

function overriddenRow(override: readonly OverrideRow[]): CatalogueRow | undefined {
  const plain = override.filter(([, , when], at) => at === 0 || when === undefined)
  const further = override.flatMap(([action, , when], at) => (at === 0 || when === undefined ? [] : [{ action, when }]))
  // The call's own resource: what is written for CopyObject, which names its source first.
  const main = plain.findLast(([action]) => actionRow(action) !== undefined)
  const row = main === undefined ? undefined : actionRow(main[0])
  if (main === undefined || row === undefined) return undefined
  const resourceTemplate = main[1] === '*' ? '*' : mainResource(prefixOf(main[0]), row)
  return { actions: plain.map(([action]) => action), furtherActions: further, accessLevel: row[0], resourceTemplate }
}

// Access points are another way to the same bucket or object, and not ours.
function mainResource(service: string, [, types]: ActionRow): string {
  const name = types.find((type) => !type.includes('accesspoint')) ?? types[0]
  return (name === undefined ? undefined : own(ACTION_TABLES[service]?.resources, name)) ?? '*'
}

/** One action, by its name in any case, as IAM compares it; undefined when IAM's data does not know it. */
export function catalogueAction(action: string): CatalogueAction | undefined {
  const row = actionRow(action)
  if (row === undefined) return undefined
  const [accessLevel, types, conditionKeys] = row
  const { resources } = ACTION_TABLES[prefixOf(action).toLowerCase()] ?? { resources: {} }
  return { accessLevel, conditionKeys, resourceTemplates: types.flatMap((type) => own(resources, type) ?? []) }
}

/** All actions of a prefix, sorted by name, without the prefix; empty for a prefix that is not ours. */
export function actionsOf(service: string): readonly string[] {
  return Object.keys(own(ACTION_TABLES, service)?.actions ?? {})
}

// SPEC: CloudTrail records these as read-only although IAM counts them as Write (sample records in its user guide).
const RECORDED_AS_READ = new Set(['sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity', 'sts:AssumeRoleWithSAML'])

/** `readOnly` of the operation's trail record; an operation that the catalogue does not know counts as a write. */
export function isReadOnly(service: string, operation: string): boolean {
  if (RECORDED_AS_READ.has(`${service}:${operation}`)) return true
  const level = catalogueRow(service, operation)?.accessLevel
  return level === 'Read' || level === 'List'
}

/** True for an action without resource types, which a policy can grant on `*` alone. */
export function wildcardOnly(action: string): boolean {
  const row = actionRow(action)
  return row !== undefined && row[1].length === 0
}

/** What fills a template besides the input. */
export interface Surroundings {
  readonly partition: Partition
  readonly region: Region
  readonly account: AccountId
}

/**
 * The resource of a call by its template: parts are taken from input members of the same name (`${ClusterName}` from `clusterName` or `name`),
 * and a part that the input does not name stays `*`, which only a policy for all such resources matches.
 */
export function fillTemplate(
  template: string,
  surroundings: Surroundings,
  input: Readonly<Record<string, unknown>>,
): string {
  const known = new Map<string, string>([
    ['partition', surroundings.partition],
    ['region', surroundings.region],
    ['account', surroundings.account],
  ])
  const given = new Map(
    Object.entries(input).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name.toLowerCase(), value] as const] : [],
    ),
  )
  return template.replaceAll(/\$\{(\w+)\}/g, (_, variable: string) => {
    const name = variable.toLowerCase()
    return (
      known.get(name) ??
      spellings(name)
        .map((one) => given.get(one))
        .find((value) => value !== undefined) ??
      '*'
    )
  })
}

const SPECIAL: Readonly<Record<string, string>> = { objectname: 'key', clustername: 'name' }

function spellings(name: string): readonly string[] {
  const bare = name.replace(/withpath$/, '')
  const special = SPECIAL[bare]
  return [bare, bare.replace(/name$/, ''), ...(special === undefined ? [] : [special])]
}

function prefixOf(action: string): string {
  return action.slice(0, Math.max(action.indexOf(':'), 0))
}

const byLowerCase = new Map<string, ReadonlyMap<string, ActionRow>>()

function actionRow(action: string): ActionRow | undefined {
  const prefix = prefixOf(action).toLowerCase()
  let rows = byLowerCase.get(prefix)
  if (rows === undefined) {
    const table = own(ACTION_TABLES, prefix)
    if (table === undefined) return undefined
    rows = new Map(Object.entries(table.actions).map(([name, row]) => [name.toLowerCase(), row]))
    byLowerCase.set(prefix, rows)
  }
  return rows.get(action.slice(prefix.length + 1).toLowerCase())
}

function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined
}
