import { type AccountId, type Partition, partitionOf, StoreError } from '../../core/index.ts'
import type { NamedPolicy } from '../../standards/policy/index.ts'
import { type AwsManagedPolicies, createAwsManagedPolicies } from './aws-managed.ts'
import { accessKeyChanges } from './changes/access-keys.ts'
import { aliasChanges } from './changes/aliases.ts'
import { grantChanges } from './changes/grants.ts'
import { groupChanges } from './changes/groups.ts'
import { instanceProfileChanges } from './changes/instance-profiles.ts'
import { policyChanges } from './changes/policies.ts'
import { providerChanges } from './changes/providers.ts'
import { roleChanges } from './changes/roles.ts'
import { userChanges } from './changes/users.ts'
import type { Workshop } from './changes/workshop.ts'
import { createLookup } from './lookup.ts'
import type {
  Account,
  Actor,
  Identity,
  IdentityChanges,
  IdentityLookup,
  IdentityOptions,
  IdentityReader,
  PolicyHolder,
  PrincipalPolicies,
} from './model.ts'
import type { Memory } from './nouns.ts'
import { applyDrafts, createDrafts, openRepository } from './repository.ts'
import { createCodecs } from './rows.ts'
import { createKeySeal } from './seal.ts'

/**
 * Identities over a store: read into memory once, answered from there, written through. Runs its migrations.
 * @throws StoreError `corrupt` when a row cannot be read, or names a policy that is not there
 */
export async function createIdentity(options: IdentityOptions): Promise<Identity> {
  const { store, accounts, clock, randomness } = options
  const partition = partitionOf(options.region)
  const codecs = createCodecs(partition, createKeySeal(options.storeKey, randomness))
  const repository = await openRepository(store, codecs)
  const memory = await repository.load(accounts)
  const awsManaged = createAwsManagedPolicies(partition)
  const lookup = createLookup(memory, awsManaged)
  checkReferences(memory, lookup)
  const reader = createReader({ memory, lookup, partition, accounts })
  const oneByOne = createQueue()
  return {
    ...lookup,
    ...reader.reads,
    partition,
    accounts: () => [...reader.accounts.values()],
    awsManagedPolicies: () => awsManaged.list(),
    change: (plan) =>
      oneByOne(async () => {
        const drafts = createDrafts(memory)
        const result = plan(createChanges({ drafts, awsManaged, partition, clock, randomness }))
        await repository.save(drafts, memory)
        applyDrafts(drafts, memory)
        reader.forget()
        return result
      }),
  }
}

type Making = Omit<Workshop, 'lookup'> & { readonly awsManaged: AwsManagedPolicies }

function createChanges({ awsManaged, ...making }: Making): IdentityChanges {
  const lookup = createLookup(making.drafts, awsManaged)
  const workshop: Workshop = { ...making, lookup }
  return {
    ...lookup,
    ...providerChanges(workshop),
    ...roleChanges(workshop),
    ...userChanges(workshop),
    ...accessKeyChanges(workshop),
    ...policyChanges(workshop),
    ...grantChanges(workshop),
    ...groupChanges(workshop),
    ...instanceProfileChanges(workshop),
    ...aliasChanges(workshop),
  }
}

type Queue = <Result>(work: () => Promise<Result>) => Promise<Result>

/** Runs one piece of work after the other; one that fails does not stop the next. */
function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const next = last.then(work, work)
    last = next
    return next
  }
}

interface Reading {
  readonly memory: Memory
  readonly lookup: IdentityLookup
  readonly partition: Partition
  readonly accounts: readonly AccountId[]
}

interface Reader {
  readonly reads: IdentityReader
  readonly accounts: ReadonlyMap<AccountId, Account>
  /** To be called when memory has changed. */
  forget(): void
}

function createReader({ memory, lookup, partition, accounts }: Reading): Reader {
  const known = new Map(accounts.map((id) => [id, { id, partition }]))
  const policies = new Map<string, PrincipalPolicies>()
  let roleIds: ReadonlyMap<string, string> | undefined
  const policiesOf = (actor: Actor): PrincipalPolicies => {
    const kept = policies.get(actor.uniqueId)
    if (kept !== undefined) return kept
    const found = collectPolicies(memory, lookup, actor)
    policies.set(actor.uniqueId, found)
    return found
  }
  const indexRoles = () => new Map([...memory.roles].map(([key, { uniqueId }]) => [uniqueId, key]))
  return {
    accounts: known,
    forget: () => {
      policies.clear()
      roleIds = undefined
    },
    reads: {
      findAccount: (id) => known.get(id),
      findAccessKey: lookup.findAccessKey,
      findUser: lookup.findUser,
      findRole: lookup.findRole,
      findRoleByArn: lookup.findRoleByArn,
      findRoleByUniqueId: (uniqueId) => {
        roleIds ??= indexRoles()
        return memory.roles.get(roleIds.get(uniqueId) ?? '')
      },
      findProviderByIssuer: (account, issuer) => {
        const url = issuer.startsWith('https://') ? issuer.slice('https://'.length) : undefined
        return url === undefined ? undefined : memory.providers.get(`${account}/${url}`)
      },
      findManagedPolicy: (arn) => lookup.findPolicy(arn)?.defaultVersion.policy,
      policiesOfRole: policiesOf,
      policiesOfUser: policiesOf,
    },
  }
}

/** Of the actor as it is now: of one that was deleted nothing is left, and nothing allows nothing. */
function collectPolicies(memory: Memory, lookup: IdentityLookup, actor: Actor): PrincipalPolicies {
  const current = currentActor(lookup, actor)
  if (current === undefined) return { identity: [] }
  const groups = 'trustPolicy' in current ? [] : lookup.groupsOfUser(current)
  const identity = [current, ...groups].flatMap((holder) => grantedTo(memory, lookup, holder))
  const { boundaryArn } = current
  return { identity, ...(boundaryArn === undefined ? {} : { boundary: mustFind(lookup, boundaryArn) }) }
}

function grantedTo(memory: Memory, lookup: IdentityLookup, { uniqueId }: PolicyHolder): readonly NamedPolicy[] {
  const grants = memory.grants.get(uniqueId)
  if (grants === undefined) return []
  return [...grants.inline.values(), ...grants.attached.map((arn) => mustFind(lookup, arn))]
}

function currentActor(lookup: IdentityLookup, { account, name, uniqueId }: Actor): Actor | undefined {
  const found = uniqueId.startsWith('AROA') ? lookup.findRole(account, name) : lookup.findUser(account, name)
  return found?.uniqueId === uniqueId ? found : undefined
}

/** INVARIANT: an attached policy or boundary exists. One that did not must not count as none: it may have denied. */
function mustFind(lookup: IdentityLookup, arn: string): NamedPolicy {
  const found = lookup.findPolicy(arn)
  if (found !== undefined) return found.defaultVersion.policy
  throw new StoreError('corrupt', `policy \`${arn}\` is in use and does not exist`)
}

function checkReferences(memory: Memory, lookup: IdentityLookup): void {
  for (const { attached } of memory.grants.values()) for (const arn of attached) mustFind(lookup, arn)
  for (const { boundaryArn } of [...memory.roles.values(), ...memory.users.values()])
    if (boundaryArn !== undefined) mustFind(lookup, boundaryArn)
}
