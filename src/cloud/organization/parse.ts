import { type AccountId, type Partition, parseAccountId } from '../../core/index.ts'
import { OrganizationError, type Path } from './errors.ts'
import { mintOrganizationId, mintRootId, mintUnitId, ORGANIZATION_ID, ROOT_ID, UNIT_ID } from './ids.ts'
import { type Members, readList, readMembers, readText } from './members.ts'
import type { Level, Organization, OrganizationPolicies } from './model.ts'
import { createPolicyShelf, type PolicyShelf } from './policies.ts'

export interface OrganizationParts {
  /** An organization without an id gets one that stays the same for this realm. */
  readonly realmId: string
  readonly partition: Partition
  /** The text of a policy that the document names by its file. */
  readonly readPolicy: (file: string) => string
}

const TOP = { known: ['id', 'managementAccount', 'root'], required: ['managementAccount', 'root'] }
const LEVEL = ['scps', 'rcps', 'accounts', 'units']
const ROOT = { known: ['id', ...LEVEL], required: [] }
const UNIT = { known: ['name', 'id', ...LEVEL], required: ['name'] }
const ACCOUNT = { known: ['id', 'name', 'scps', 'rcps'], required: ['id'] }
/** SPEC: units nest five deep below the root. @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html */
const DEEPEST = 5

/**
 * Reads an organization, strictly. Accounts are texts of twelve digits: a reader that makes numbers of them loses their zeros.
 * @throws OrganizationError with the first fault
 */
export function parseOrganization(document: unknown, parts: OrganizationParts): Organization {
  const top = readMembers(document, [], TOP)
  const managementAccount = readAccount(top.managementAccount, ['managementAccount'])
  const id = readId(top.id, ['id'], ORGANIZATION_ID) ?? mintOrganizationId(parts.realmId)
  const shelf = createPolicyShelf({ ...parts, organizationId: id, managementAccount })
  const root = readMembers(top.root, ['root'], ROOT)
  const rootId = readId(root.id, ['root', 'id'], ROOT_ID) ?? mintRootId(id)
  const tree: Tree = { shelf, id, rootId, managementAccount, accounts: new Map(), unitIds: new Set() }
  const orgPath = `${id}/${rootId}/`
  readBranch(root, { path: ['root'], names: [], orgPath, above: [] }, tree)
  // Whoever leaves the management account out of the tree finds it where AWS puts it: at the root.
  if (!tree.accounts.has(managementAccount)) settleAccount(managementAccount, { orgPath, levels: [] }, tree)
  return { id, managementAccount, policiesOf: (account) => tree.accounts.get(account) }
}

interface Tree {
  readonly shelf: PolicyShelf
  readonly id: string
  readonly rootId: string
  readonly managementAccount: AccountId
  readonly accounts: Map<string, OrganizationPolicies>
  readonly unitIds: Set<string>
}

interface Branch {
  readonly path: Path
  /** Of the units from the root down; empty for the root itself. */
  readonly names: readonly string[]
  readonly orgPath: string
  readonly above: readonly Level[]
}

function readBranch(members: Members, { path, names, orgPath, above }: Branch, tree: Tree): void {
  const words = names.length === 0 ? 'the root' : `unit ${names.join('/')}`
  const levels = [...above, readLevel(members, { path, words }, tree)]
  for (const [at, account] of readList(members.accounts, [...path, 'accounts']).entries())
    readMember(account, { path: [...path, 'accounts', at], orgPath, levels }, tree)
  const seen = new Set<string>()
  for (const [at, unit] of readList(members.units, [...path, 'units']).entries()) {
    const place = [...path, 'units', at]
    const written = readMembers(unit, place, UNIT)
    const name = readText(written.name, [...place, 'name'])
    if (seen.has(name))
      throw new OrganizationError([...place, 'name'], `the unit \`${name}\` occurs twice at this level`)
    seen.add(name)
    readUnit(written, { path: place, names: [...names, name], orgPath, above: levels }, tree)
  }
}

function readUnit(written: Members, branch: Branch, tree: Tree): void {
  const { path, names } = branch
  if (names.length > DEEPEST) throw new OrganizationError(path, `units nest at most ${DEEPEST} deep`)
  const id = readId(written.id, [...path, 'id'], UNIT_ID) ?? mintUnitId(tree.rootId, names)
  if (tree.unitIds.has(id)) throw new OrganizationError([...path, 'id'], `the id \`${id}\` occurs twice`)
  tree.unitIds.add(id)
  readBranch(written, { ...branch, orgPath: `${branch.orgPath}${id}/` }, tree)
}

interface Place {
  readonly path: Path
  readonly orgPath: string
  readonly levels: readonly Level[]
}

/** An account by its number alone, or with policies of its own. */
function readMember(written: unknown, { path, orgPath, levels }: Place, tree: Tree): void {
  const members = typeof written === 'object' ? readMembers(written, path, ACCOUNT) : { id: written }
  const idPath = typeof written === 'object' ? [...path, 'id'] : path
  const account = readAccount(members.id, idPath)
  if ('name' in members) readText(members.name, [...path, 'name'])
  if (tree.accounts.has(account)) throw new OrganizationError(idPath, `the account \`${account}\` occurs twice`)
  const own = readLevel(members, { path, words: `account ${account}` }, tree)
  settleAccount(account, { orgPath, levels: [...levels, own] }, tree)
}

function settleAccount(account: AccountId, { orgPath, levels }: Omit<Place, 'path'>, tree: Tree): void {
  const place = { organizationId: tree.id, paths: [orgPath] }
  // SPEC: neither service nor resource control policies limit the management account.
  const limits =
    account === tree.managementAccount
      ? {}
      : { serviceControl: levels.map(({ scps }) => scps), resourceControl: levels.map(({ rcps }) => rcps) }
  tree.accounts.set(account, { ...place, ...limits })
}

function readLevel(
  { scps, rcps }: Members,
  { path, words }: { readonly path: Path; readonly words: string },
  { shelf }: Tree,
): Level {
  const attached = (key: 'scps' | 'rcps', written: unknown) =>
    shelf.attached(KINDS[key], written, { path: [...path, key], attachedTo: words })
  return { scps: attached('scps', scps), rcps: attached('rcps', rcps) }
}

const KINDS = { scps: 'service-control', rcps: 'resource-control' } as const

function readAccount(value: unknown, path: Path): AccountId {
  const account = typeof value === 'string' ? parseAccountId(value) : undefined
  if (account === undefined) throw new OrganizationError(path, 'expected an account of twelve digits')
  return account
}

function readId(value: unknown, path: Path, form: RegExp): string | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'string' || !form.test(value))
    throw new OrganizationError(path, `expected an id of the form ${form.source}`)
  return value
}
