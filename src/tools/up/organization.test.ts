import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AccountId, ConfigError } from '../../core/index.ts'
import { readOrganization, warningsOfOrganization } from './organization.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'openirsa-organization-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const parts = { realmId: 'realm', partition: 'aws' } as const

function read(text: string) {
  const path = join(folder, 'org.yaml')
  writeFileSync(path, text)
  return readOrganization(path, parts)
}

/** Message and hint, without the folder. */
async function faultOf(text: string): Promise<string> {
  try {
    await read(text)
  } catch (failure) {
    if (!(failure instanceof ConfigError)) throw failure
    return [failure.message, failure.hint].filter(Boolean).join(': ').replaceAll(`${folder}/`, '')
  }
  throw new Error('it was taken')
}

const account = (digits: string) => digits as AccountId

describe('the file of an organization', () => {
  it('of the examples is one', async () => {
    const { policiesOf } = await readOrganization('examples/organization.yaml', parts)
    const names = (digits: string) => policiesOf(digits)?.serviceControl?.map((level) => level.map(({ name }) => name))
    expect(names('111111111111')?.[0]).toEqual([
      'FullAWSAccess, attached to the root',
      'KeepTheTrail, attached to the root',
    ])
    expect(names('222222222222')?.[1]).toEqual(['SandboxServices, attached to unit Sandbox'])
    expect(
      policiesOf('111111111111')
        ?.resourceControl?.flat()
        .map(({ name }) => name),
    ).toContain('Perimeter, attached to unit Workloads')
    expect(policiesOf('999999999999')?.serviceControl).toBeUndefined()
  })

  it('keeps the zeros of accounts without quotes', async () => {
    const organization = await read('managementAccount: 000000000001\nroot: {accounts: [012345678901]}\n')
    expect(organization.managementAccount).toBe('000000000001')
    expect(organization.policiesOf('012345678901')).toBeDefined()
  })

  it('warns of the accounts that it does not name', async () => {
    const organization = await read('managementAccount: 000000000001\nroot: {}\n')
    expect(warningsOfOrganization(organization, [account('000000000001'), account('000000000002')])).toEqual([
      'account 000000000002 does not belong to the organization: none of its policies hold there',
    ])
  })

  it.each([
    ['managementAccount: [\n', /^org\.yaml:2:1: no YAML: /],
    ['', 'org.yaml: expected keys and values: id, managementAccount, root'],
    ['managementAccount: 000000000001\nrot: {}\n', 'org.yaml:2:1: unknown key `rot`: did you mean `root`?'],
    [
      'managementAccount: 000000000001\nroot:\n  policies: []\n',
      'org.yaml:3:3: unknown key `policies`: known here: id, scps, rcps, accounts, units',
    ],
    ['managementAccount: 1\nroot: {}\n', 'org.yaml:1:1: expected an account of twelve digits'],
    [
      'managementAccount: 000000000001\nroot:\n  accounts:\n    - 000000000002\n    - 2\n',
      'org.yaml:5:7: expected an account of twelve digits',
    ],
    [
      "managementAccount: 000000000001\nroot:\n  scps:\n    - name: Bad\n      document:\n        Statement:\n          - {Effect: Deny, Action: nothing, Resource: '*'}\n",
      /^org\.yaml:7:28: the service control policy `Bad` at \/Statement\/0\/Action\/0: Actions\/Conditions must be prefaced by a vendor, e\.g\., iam, sdb, ec2, etc\. \(.+\)$/,
    ],
    [
      'managementAccount: 000000000001\nroot:\n  rcps:\n    - {name: Far, file: none.json}\n',
      /^the file `none\.json` cannot be read: ENOENT/,
    ],
  ])('%j is refused with its place', async (text, wanted) => {
    const said = await faultOf(text)
    if (typeof wanted === 'string') expect(said).toBe(wanted)
    else expect(said).toMatch(wanted)
  })

  it('names the file of a policy, and the place in it', async () => {
    writeFileSync(join(folder, 'bad.json'), '{"Statement":[{"Effect":"deny","Action":"s3:*","Resource":"*"}]}')
    expect(await faultOf('managementAccount: 000000000001\nroot:\n  scps: [{name: Bad, file: bad.json}]\n')).toBe(
      'org.yaml:3:22: the service control policy `Bad` of `bad.json` at /Statement/0/Effect: The policy failed legacy parsing (expected `Allow` or `Deny`, in this case)',
    )
  })
})
