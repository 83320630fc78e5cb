import { describe, expect, it } from 'vitest'
import { OrganizationError, type OrganizationPolicies, parseOrganization } from './index.ts'

const [MANAGEMENT, ORDERS, BANK, APART] = ['111111111111', '222222222222', '333333333333', '444444444444']

const statement = { Effect: 'Deny', Action: 's3:DeleteBucket', Resource: '*' }
const fence = { name: 'Fence', document: { Version: '2012-10-17', Statement: [statement] } }
const perimeter = { name: 'Perimeter', document: { Statement: [{ ...statement, Principal: '*' }] } }

const parts = {
  realmId: 'realm',
  partition: 'aws',
  readPolicy: (file: string) => {
    if (file !== 'fence.json') throw new Error(`no file ${file}`)
    return JSON.stringify(fence.document)
  },
} as const

const parse = (document: unknown) => parseOrganization(document, parts)
const withRoot = (root: unknown, more: object = {}) => parse({ managementAccount: MANAGEMENT, root, ...more })
const names = (levels: OrganizationPolicies['serviceControl']) => levels?.map((level) => level.map(({ name }) => name))

/** Where and in which words a document is refused. */
function fault(document: unknown): readonly [path: string, message: string] {
  try {
    parse(document)
  } catch (failure) {
    if (failure instanceof OrganizationError) return [failure.path.join('.'), failure.message]
    throw failure
  }
  throw new Error('it was taken')
}
const faultOfRoot = (root: unknown) => fault({ managementAccount: MANAGEMENT, root })

describe('an organization', () => {
  const tree = {
    scps: ['FullAWSAccess', fence],
    accounts: [ORDERS],
    units: [
      {
        name: 'Regulated',
        rcps: [perimeter],
        units: [{ name: 'Bank', accounts: [{ id: BANK, rcps: ['RCPFullAWSAccess'] }] }],
      },
    ],
  }

  it('lays the policies of every level on an account, from the root down, and AWS’s own where none are written', () => {
    const bank = withRoot(tree).policiesOf(BANK)
    expect(names(bank?.serviceControl)).toEqual([
      ['FullAWSAccess, attached to the root', 'Fence, attached to the root'],
      ['FullAWSAccess, attached to unit Regulated'],
      ['FullAWSAccess, attached to unit Regulated/Bank'],
      [`FullAWSAccess, attached to account ${BANK}`],
    ])
    expect(names(bank?.resourceControl)).toEqual([
      ['RCPFullAWSAccess, attached to the root'],
      ['RCPFullAWSAccess, attached to unit Regulated', 'Perimeter, attached to unit Regulated'],
      ['RCPFullAWSAccess, attached to unit Regulated/Bank'],
      [`RCPFullAWSAccess, attached to account ${BANK}`],
    ])
  })

  it('has paths as aws:PrincipalOrgPaths writes them', () => {
    const organization = withRoot(tree)
    expect(organization.policiesOf(ORDERS)?.paths).toEqual([expect.stringMatching(/^o-[a-z0-9]{10}\/r-[a-z0-9]{4}\/$/)])
    const [path = ''] = organization.policiesOf(BANK)?.paths ?? []
    expect(path).toMatch(/^o-[a-z0-9]{10}\/r-([a-z0-9]{4})\/ou-\1-[a-z0-9]{8}\/ou-\1-[a-z0-9]{8}\/$/)
  })

  it('takes ids that are written, and else makes the same ones each time, others for another realm', () => {
    const written = withRoot(
      { id: 'r-root', units: [{ name: 'u', id: 'ou-root-11111111', accounts: [BANK] }] },
      { id: 'o-exampleorgid' },
    )
    expect(written.policiesOf(BANK)?.paths).toEqual(['o-exampleorgid/r-root/ou-root-11111111/'])
    expect(withRoot(tree).id).toBe(withRoot({}).id)
    const elsewhere = parseOrganization({ managementAccount: MANAGEMENT, root: {} }, { ...parts, realmId: 'other' })
    expect(elsewhere.id).not.toBe(withRoot({}).id)
  })

  it('limits its management account by nothing, wherever that stands, and yet owns it', () => {
    for (const root of [{ scps: ['FullAWSAccess', fence] }, { units: [{ name: 'u', accounts: [MANAGEMENT] }] }]) {
      const { serviceControl, resourceControl, organizationId } = withRoot(root).policiesOf(MANAGEMENT ?? '') ?? {}
      expect([serviceControl, resourceControl]).toEqual([undefined, undefined])
      expect(organizationId).toMatch(/^o-/)
    }
  })

  it('knows nothing of accounts that it does not name', () => {
    expect(withRoot(tree).policiesOf(APART ?? '')).toBeUndefined()
  })

  it('names its policies by ARNs, one for each name wherever it is attached', () => {
    const organization = withRoot({
      scps: ['FullAWSAccess', fence],
      accounts: [{ id: ORDERS, scps: ['FullAWSAccess', { name: 'Fence', file: 'fence.json' }] }],
    })
    const [[full, atRoot] = [], [, atAccount] = []] = organization.policiesOf(ORDERS)?.serviceControl ?? []
    expect(full?.arn).toBe('arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess')
    expect(atRoot?.arn).toMatch(
      /^arn:aws:organizations::111111111111:policy\/o-[a-z0-9]{10}\/service_control_policy\/p-[a-z0-9]{8}$/,
    )
    expect(atAccount?.arn).toBe(atRoot?.arn)
  })
})

describe('a document is refused', () => {
  it.each<[string, unknown, string, string]>([
    ['that is no mapping', [], '', 'expected keys and values: id, managementAccount, root'],
    ['without a management account', { root: {} }, '', 'the key `managementAccount` is missing'],
    [
      'with a key that does not exist',
      { managementAccount: MANAGEMENT, root: {}, rot: {} },
      'rot',
      'unknown key `rot`',
    ],
    [
      'with a number for an account',
      { managementAccount: 0, root: {} },
      'managementAccount',
      'expected an account of twelve digits',
    ],
    [
      'with an id of another form',
      { id: 'org', managementAccount: MANAGEMENT, root: {} },
      'id',
      'expected an id of the form ^o-[a-z0-9]{10,32}$',
    ],
  ])('%s', (_, document, path, message) => {
    expect(fault(document)).toEqual([path, message])
  })

  it.each<[string, unknown, string, string]>([
    [
      'an account that occurs twice',
      { accounts: [ORDERS], units: [{ name: 'u', accounts: [ORDERS] }] },
      'root.units.0.accounts.0',
      `the account \`${ORDERS}\` occurs twice`,
    ],
    [
      'a unit that occurs twice',
      { units: [{ name: 'u' }, { name: 'u' }] },
      'root.units.1.name',
      'the unit `u` occurs twice at this level',
    ],
    ['a list that is none', { scps: '' }, 'root.scps', 'expected a list'],
    [
      'a policy by a name that is not AWS’s',
      { scps: ['Fence'] },
      'root.scps.0',
      'expected `FullAWSAccess`, or a policy: name, document or file',
    ],
    [
      'AWS’s policy with another document',
      { scps: [{ ...fence, name: 'FullAWSAccess' }] },
      'root.scps.0.name',
      "`FullAWSAccess` is AWS's own policy: list its name alone",
    ],
    [
      'a policy with document and file',
      { scps: [{ ...fence, file: 'fence.json' }] },
      'root.scps.0',
      'the policy `Fence` needs either `document` or `file`',
    ],
    [
      'one name for two documents',
      { rcps: [perimeter, { ...perimeter, document: { Statement: [] } }] },
      'root.rcps.1.name',
      'the resource control policy `Perimeter` has another document elsewhere',
    ],
    ['policies that allow nothing', { scps: [fence] }, 'root.scps', 'these policies allow nothing at all'],
    [
      'no policies at all',
      { accounts: [{ id: ORDERS, scps: [] }] },
      'root.accounts.0.scps',
      'these policies allow nothing at all',
    ],
    [
      'a service control policy with a principal',
      { scps: [{ ...perimeter, name: 'P' }] },
      'root.scps.0.document.Statement.0',
      'the service control policy `P` at /Statement/0: Policy document should not specify a principal. (expected no principal)',
    ],
    [
      'a resource control policy that allows',
      {
        rcps: [
          { name: 'P', document: { Statement: { Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: '*' } } },
        ],
      },
      'root.rcps.0.document.Statement',
      'the resource control policy `P` at /Statement: Syntax errors in policy. (expected `Deny`)',
    ],
  ])('with %s', (_, root, path, message) => {
    expect(faultOfRoot(root)).toEqual([path, message])
  })

  it('with units that nest deeper than AWS lets them', () => {
    let unit: object = { name: 'u6' }
    for (let depth = 5; depth >= 1; depth -= 1) unit = { name: `u${depth}`, units: [unit] }
    expect(faultOfRoot({ units: [unit] })[1]).toBe('units nest at most 5 deep')
  })
})
