import { beforeEach, describe, expect, it } from 'vitest'
import { type AccountId, accountOfUniqueId, type Region, Secret } from '../../core/index.ts'
import { fixedClock, seededRandomness } from '../../core/testing/fixed.ts'
import { openSqliteStore, type Store } from '../../io/store/index.ts'
import { parsePolicyDocument } from '../../standards/policy/index.ts'
import { createIdentity, ensureAdministrator, type Identity, type IdentityOptions } from './index.ts'
import type { IdentityTables } from './tables.ts'

const ACCOUNT = '111122223333' as AccountId
const OTHER = '444455556666' as AccountId
const ISSUER = 'oidc.eks.us-east-1.amazonaws.com/id/ABC'

const trust = parsePolicyDocument(
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${ISSUER}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
      },
    ],
  }),
  'trust',
)
const allow = (action: string) =>
  parsePolicyDocument(
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] }),
    'identity',
  )

let store: Store
let identity: Identity
let opened = 0

function open(more: Partial<IdentityOptions> = {}): Promise<Identity> {
  opened += 1
  return createIdentity({
    store,
    storeKey: new Secret(new Uint8Array(32).fill(7)),
    accounts: [ACCOUNT, OTHER],
    region: 'us-east-1' as Region,
    clock: fixedClock('2026-03-01T12:00:00Z'),
    randomness: seededRandomness(`identity ${opened}`),
    ...more,
  })
}

beforeEach(async () => {
  store = await openSqliteStore(':memory:')
  identity = await open()
  return () => store.close()
})

const newRole = (name = 'Orders') =>
  identity.change((changes) => changes.createRole({ account: ACCOUNT, name, trustPolicy: trust }))

describe('what is created', () => {
  it('is found by name in any case, by ARN exactly, and by unique id', async () => {
    const role = await identity.change((changes) =>
      changes.createRole({ account: ACCOUNT, name: 'Orders', path: '/shop/', trustPolicy: trust }),
    )
    expect(role.arn).toBe(`arn:aws:iam::${ACCOUNT}:role/shop/Orders`)
    expect(identity.findRole(ACCOUNT, 'ORDERS')).toBe(role)
    expect(identity.findRoleByArn(role.arn)).toBe(role)
    expect(identity.findRoleByArn(`arn:aws:iam::${ACCOUNT}:role/Orders`)).toBeUndefined()
    expect(identity.findRoleByArn(`arn:aws:iam::${ACCOUNT}:role/shop/orders`)).toBeUndefined()
    expect(identity.findRoleByArn(`arn:aws:iam::${ACCOUNT}:user/shop/Orders`)).toBeUndefined()
    expect(identity.findRoleByUniqueId(role.uniqueId)).toBe(role)
    expect(identity.findRole(OTHER, 'Orders')).toBeUndefined()
  })

  it('has a unique id that carries its account', async () => {
    const role = await newRole()
    expect(role.uniqueId).toMatch(/^AROA[A-Z2-7]{17}$/)
    expect(accountOfUniqueId(role.uniqueId)).toBe(ACCOUNT)
  })

  it('a name that differs only in case is taken', async () => {
    await newRole('orders')
    await expect(newRole('ORDERS')).rejects.toMatchObject({ code: 'STORE', reason: 'conflict' })
    expect(identity.rolesOf(ACCOUNT)).toHaveLength(1)
  })

  it('a provider is found by its issuer, unit by unit', async () => {
    await identity.change((changes) =>
      changes.createProvider({ account: ACCOUNT, url: ISSUER, clientIds: ['sts.amazonaws.com'], thumbprints: [] }),
    )
    expect(identity.findProviderByIssuer(ACCOUNT, `https://${ISSUER}`)?.clientIds).toEqual(['sts.amazonaws.com'])
    for (const issuer of [`https://${ISSUER}/`, `https://${ISSUER.toLowerCase()}`, ISSUER, `http://${ISSUER}`])
      expect(identity.findProviderByIssuer(ACCOUNT, issuer)).toBeUndefined()
    expect(identity.findProviderByIssuer(OTHER, `https://${ISSUER}`)).toBeUndefined()
  })

  it('is of the partition of the region', async () => {
    identity = await open({ region: 'cn-north-1' as Region })
    const role = await newRole()
    expect(role).toMatchObject({ partition: 'aws-cn', arn: `arn:aws-cn:iam::${ACCOUNT}:role/Orders` })
    const { document } = identity.findManagedPolicy('arn:aws-cn:iam::aws:policy/AmazonEKS_CNI_Policy') ?? {}
    expect(document?.text).toContain('arn:aws-cn:ec2:')
    expect(document?.text).not.toContain('arn:aws:')
    expect(identity.findManagedPolicy('arn:aws:iam::aws:policy/AdministratorAccess')).toBeUndefined()
  })
})

describe('permissions', () => {
  it('are the inline and the attached policies, in their default version, and the boundary', async () => {
    const role = await newRole()
    await identity.change((changes) => {
      const policy = changes.createPolicy({ account: ACCOUNT, name: 'reading', document: allow('s3:Get*') })
      changes.attachPolicy(role, policy)
      changes.putInlinePolicy(role, 'inline', allow('sqs:*'))
      changes.updateRole(role, { boundaryArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' })
    })
    const patterns = () =>
      identity.policiesOfRole(role).identity.map(({ document }) => document.statements[0]?.actions.patterns)
    expect(patterns()).toEqual([['sqs:*'], ['s3:Get*']])
    expect(identity.policiesOfRole(role).boundary?.arn).toBe('arn:aws:iam::aws:policy/ReadOnlyAccess')
    await identity.change((changes) => {
      const policy = changes.findPolicy(`arn:aws:iam::${ACCOUNT}:policy/reading`)
      if (policy !== undefined) changes.addPolicyVersion(policy, { document: allow('s3:List*'), becomesDefault: true })
    })
    expect(patterns()).toEqual([['sqs:*'], ['s3:List*']])
  })

  it('do not pass to a role of the same name that is made later', async () => {
    const before = await newRole()
    await identity.change((changes) => {
      changes.putInlinePolicy(before, 'inline', allow('s3:*'))
      changes.updateRole(before, { boundaryArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' })
    })
    expect(identity.policiesOfRole(before).identity).toHaveLength(1)
    await identity.change((changes) => changes.deleteRole(before))
    const after = await newRole()
    expect(after.uniqueId).not.toBe(before.uniqueId)
    expect(identity.policiesOfRole(after)).toEqual({ identity: [] })
    expect(identity.policiesOfRole(before)).toEqual({ identity: [] })
    expect(identity.findRoleByUniqueId(before.uniqueId)).toBeUndefined()
  })

  it('a policy in use cannot go, lest a boundary be missed', async () => {
    const role = await newRole()
    const policy = await identity.change((changes) => {
      const created = changes.createPolicy({ account: ACCOUNT, name: 'fence', document: allow('s3:*') })
      changes.updateRole(role, { boundaryArn: created.arn })
      return created
    })
    await expect(identity.change((changes) => changes.deletePolicy(policy))).rejects.toMatchObject({
      reason: 'conflict',
    })
    expect(identity.policiesOfRole(role).boundary?.name).toBe('fence')
  })
})

describe('a change', () => {
  it('that throws changes nothing', async () => {
    const failure = identity.change((changes) => {
      changes.createRole({ account: ACCOUNT, name: 'orders', trustPolicy: trust })
      throw new Error('no')
    })
    await expect(failure).rejects.toThrow('no')
    expect(identity.findRole(ACCOUNT, 'orders')).toBeUndefined()
    expect((await open()).findRole(ACCOUNT, 'orders')).toBeUndefined()
  })

  it('that the store refuses leaves memory as it was, and the next one goes through', async () => {
    const db = store.room<IdentityTables>()
    await db.schema.alterTable('iam_roles').renameTo('elsewhere').execute()
    await expect(newRole('orders')).rejects.toThrow()
    expect(identity.findRole(ACCOUNT, 'orders')).toBeUndefined()
    await db.schema.alterTable('elsewhere').renameTo('iam_roles').execute()
    const role = await newRole('orders')
    expect(identity.findRole(ACCOUNT, 'orders')).toBe(role)
  })

  it('is not seen before it is durable', async () => {
    const change = newRole('orders')
    expect(identity.findRole(ACCOUNT, 'orders')).toBeUndefined()
    await change
    expect(identity.findRole(ACCOUNT, 'orders')).toBeDefined()
  })

  it('sees what it has made so far', async () => {
    await identity.change((changes) => {
      const role = changes.createRole({ account: ACCOUNT, name: 'orders', trustPolicy: trust })
      expect(changes.findRole(ACCOUNT, 'orders')).toBe(role)
      changes.putInlinePolicy(role, 'one', allow('s3:*'))
      changes.putInlinePolicy(role, 'two', allow('sqs:*'))
      expect(changes.inlinePoliciesOf(role).map(({ name }) => name)).toEqual(['one', 'two'])
      changes.deleteRole(role)
      expect(changes.rolesOf(ACCOUNT)).toEqual([])
    })
  })

  it('two at once come one after the other', async () => {
    const results = await Promise.allSettled([newRole('orders'), newRole('orders'), newRole('carts')])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })
})

describe('after reopening', () => {
  it('everything is there as it was', async () => {
    const tags = new Map([
      ['__proto__', 'x'],
      ['team', 'shop'],
    ])
    const made = await identity.change((changes) => {
      const provider = changes.createProvider({
        account: ACCOUNT,
        url: ISSUER,
        clientIds: ['b', 'a'],
        thumbprints: ['9e99a48a9960b14926bb7f3b02e22da2b0ab7280'],
        tags,
      })
      const policy = changes.createPolicy({ account: ACCOUNT, name: 'p', path: '/x/', document: allow('s3:*'), tags })
      const twice = changes.addPolicyVersion(policy, { document: allow('sqs:*'), becomesDefault: true })
      const role = changes.createRole({
        account: ACCOUNT,
        name: 'Orders',
        path: '/shop/',
        description: 'takes orders',
        maxSessionDurationSeconds: 7200,
        trustPolicy: trust,
        boundaryArn: policy.arn,
        tags,
      })
      changes.attachPolicy(role, twice)
      changes.putInlinePolicy(role, 'inline', allow('sns:*'))
      const user = changes.createUser({ account: OTHER, name: 'Alice', tags })
      return { provider, policy: twice, role, user, key: changes.createAccessKey(user) }
    })
    const again = await open()
    expect(again.findProviderByIssuer(ACCOUNT, `https://${ISSUER}`)).toEqual(made.provider)
    expect(again.findPolicy(made.policy.arn)).toEqual(made.policy)
    expect(again.findRole(ACCOUNT, 'orders')).toEqual(made.role)
    expect(again.findUser(OTHER, 'alice')).toEqual(made.user)
    expect(again.policiesOfRole(made.role)).toEqual(identity.policiesOfRole(made.role))
    const key = again.findAccessKey(made.key.accessKeyId)
    expect(key?.secret.reveal()).toBe(made.key.secret.reveal())
    expect({ ...key, secret: 0 }).toEqual({ ...made.key, secret: 0 })
  })

  it('accounts that the installation no longer has are not seen, and still kept', async () => {
    const { accessKeyId } = await ensureAdministrator(identity, OTHER)
    const less = await open({ accounts: [ACCOUNT] })
    expect(less.findAccessKey(accessKeyId)).toBeUndefined()
    expect(less.findAccount(OTHER)).toBeUndefined()
    expect((await open()).findAccessKey(accessKeyId)).toBeDefined()
  })

  it('a role whose boundary is gone is not opened without one', async () => {
    const role = await newRole()
    await identity.change((changes) => {
      const { arn } = changes.createPolicy({ account: ACCOUNT, name: 'fence', document: allow('s3:*') })
      changes.updateRole(role, { boundaryArn: arn })
    })
    await store.transaction<IdentityTables, unknown>((tx) => tx.deleteFrom('iam_policies').execute())
    await expect(open()).rejects.toMatchObject({ code: 'STORE', reason: 'corrupt' })
  })
})

describe('secrets of access keys', () => {
  it('are sealed at rest, printed nowhere, and opened by the store key alone', async () => {
    const { accessKeyId, secretAccessKey } = await ensureAdministrator(identity, ACCOUNT)
    const [row] = await store.room<IdentityTables>().selectFrom('iam_access_keys').selectAll().execute()
    const sealed = Buffer.from(row?.sealed_secret ?? [])
    expect(secretAccessKey.reveal()).toMatch(/^[A-Za-z0-9+/]{40}$/)
    expect(sealed.includes(Buffer.from(secretAccessKey.reveal()))).toBe(false)
    expect(JSON.stringify(identity.findAccessKey(accessKeyId))).not.toContain(secretAccessKey.reveal())
    const wrong = new Secret(new Uint8Array(32).fill(8))
    await expect(open({ storeKey: wrong })).rejects.toMatchObject({ code: 'STORE', reason: 'corrupt' })
  })

  it('cannot be moved to the row of another key', async () => {
    await ensureAdministrator(identity, ACCOUNT)
    const other = await ensureAdministrator(identity, OTHER)
    await store.transaction<IdentityTables, void>(async (tx) => {
      const rows = await tx.selectFrom('iam_access_keys').selectAll().where('account', '=', ACCOUNT).execute()
      await tx
        .updateTable('iam_access_keys')
        .set({ sealed_secret: rows[0]!.sealed_secret })
        .where('access_key_id', '=', other.accessKeyId)
        .execute()
    })
    await expect(open()).rejects.toMatchObject({ reason: 'corrupt' })
  })

  it('a short store key is refused', async () => {
    await expect(open({ storeKey: new Secret(new Uint8Array(16)) })).rejects.toMatchObject({ code: 'STORE' })
  })
})

describe('the administrator', () => {
  it('is made once an account, may do everything, and keeps its key', async () => {
    const first = await ensureAdministrator(identity, ACCOUNT)
    expect(first.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/)
    expect(accountOfUniqueId(first.accessKeyId)).toBe(ACCOUNT)
    const user = identity.findUser(ACCOUNT, 'administrator')!
    expect(identity.policiesOfUser(user).identity.map(({ arn }) => arn)).toEqual([
      'arn:aws:iam::aws:policy/AdministratorAccess',
    ])
    const again = await ensureAdministrator(await open(), ACCOUNT)
    expect(again.accessKeyId).toBe(first.accessKeyId)
    expect(again.secretAccessKey.reveal()).toBe(first.secretAccessKey.reveal())
    expect((await ensureAdministrator(identity, OTHER)).accessKeyId).not.toBe(first.accessKeyId)
  })

  it('gets a new key for one that is inactive, and not the permissions that an operator took', async () => {
    const first = await ensureAdministrator(identity, ACCOUNT)
    const user = identity.findUser(ACCOUNT, 'administrator')!
    await identity.change((changes) => {
      changes.updateAccessKey(changes.findAccessKey(first.accessKeyId)!, 'Inactive')
      for (const policy of changes.attachedPoliciesOf(user)) changes.detachPolicy(user, policy)
    })
    const second = await ensureAdministrator(identity, ACCOUNT)
    expect(second.accessKeyId).not.toBe(first.accessKeyId)
    expect(identity.policiesOfUser(user).identity).toEqual([])
  })
})

describe('policies that AWS manages', () => {
  it('every one of them can be read, and at least 60 are known', () => {
    const policies = identity.awsManagedPolicies()
    expect(policies.length).toBeGreaterThanOrEqual(60)
    for (const { arn, defaultVersion } of policies) expect(identity.findManagedPolicy(arn)).toBe(defaultVersion.policy)
    expect(new Set(policies.map(({ uniqueId }) => uniqueId)).size).toBe(policies.length)
  })

  it('stand under the path of theirs', () => {
    const arn = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'
    expect(identity.findPolicy(arn)).toMatchObject({ account: 'aws', arn, path: '/service-role/' })
    expect(identity.findPolicy('arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole')).toBeUndefined()
  })
})

it('renaming a user takes its keys and policies along', async () => {
  const { accessKeyId } = await ensureAdministrator(identity, ACCOUNT)
  const user = identity.findUser(ACCOUNT, 'administrator')!
  const renamed = await identity.change((changes) => changes.updateUser(user, { name: 'Root', path: '/staff/' }))
  for (const now of [identity, await open()]) {
    expect(now.findUser(ACCOUNT, 'administrator')).toBeUndefined()
    expect(now.findUser(ACCOUNT, 'root')).toEqual(renamed)
    expect(now.findAccessKey(accessKeyId)?.userName).toBe('Root')
    expect(now.policiesOfUser(renamed).identity).toHaveLength(1)
  }
  expect(renamed).toMatchObject({ uniqueId: user.uniqueId, arn: `arn:aws:iam::${ACCOUNT}:user/staff/Root` })
})

it('reading is a matter of microseconds', async () => {
  const role = await newRole()
  await identity.change((changes) => {
    for (let number = 0; number < 500; number += 1)
      changes.createRole({ account: ACCOUNT, name: `role-${number}`, trustPolicy: trust })
  })
  const started = performance.now()
  for (let round = 0; round < 10_000; round += 1) {
    identity.findRoleByArn(role.arn)
    identity.findRoleByUniqueId(role.uniqueId)
    identity.policiesOfRole(role)
  }
  // Three reads took 12 µs on two busy cores; the bound leaves room for busier ones.
  expect((performance.now() - started) / 10_000).toBeLessThan(0.1)
})
