/** The articles' HCL by the real, unmodified Terraform: applied, planned, updated, destroyed, and used by a program. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DescribeClusterCommand, ListClustersCommand } from '@aws-sdk/client-eks'
import { GetOpenIDConnectProviderCommand, GetRoleCommand, ListOpenIDConnectProvidersCommand } from '@aws-sdk/client-iam'
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock, systemRandomness } from '../../src/io/host/index.ts'
import { applyManifests } from '../../src/tools/apply/index.ts'
import { runAs } from '../../src/tools/run/index.ts'
import { clientsOf } from '../wire/clients.ts'
import { type InstallationUnderTest, openInstallation } from '../wire/installation.ts'
import { type FoundTerraform, findTerraform } from './find-terraform.ts'
import { openWorkspace, type Variables, type Workspace } from './workspace.ts'

const found = findTerraform(process.env)
const missing = typeof found === 'string' ? found : undefined
const terraform = found as FoundTerraform
if (missing !== undefined) console.log(`note: skipped: Terraform applies the articles' HCL: ${missing}`)
const missingTls = missing ?? (terraform.providers.has('hashicorp/tls') ? undefined : 'the mirror has no hashicorp/tls')
if (missing === undefined && missingTls !== undefined)
  console.log(`note: skipped: the thumbprint comes from tls_certificate: ${missingTls}`)

const NAMESPACE = 'testing'
const NAME = 'can-do-stuff-on-aws'
const BUCKET = 'articles-bucket'
const KEY = 'hello.txt'

interface Told {
  readonly arn: string
  readonly list: string
  readonly get: string
}

/** Runs the program as the service account of that cluster. */
async function runProgram(at: InstallationUnderTest, cluster: string): Promise<Told> {
  let output = ''
  const lines: string[] = []
  const code = await runAs(
    {
      dataDirectory: at.directory,
      cluster,
      serviceAccount: { namespace: NAMESPACE, name: NAME },
      command: [process.execPath, join(import.meta.dirname, 'program.mjs'), BUCKET, KEY],
      keepAwsConfig: false,
      https: false,
    },
    {
      environment: process.env,
      temporaryDirectory: tmpdir(),
      clock: systemClock,
      randomness: systemRandomness,
      say: (line) => void lines.push(line),
      output: (text) => {
        output += text
      },
    },
  )
  if (code !== 0) throw new Error(`the program ended with ${code}: ${output}${lines.join('\n')}`)
  return JSON.parse(output) as Told
}

const issuerOf = async (at: InstallationUnderTest, name: string) =>
  (await clientsOf(at).eks.send(new DescribeClusterCommand({ name }))).cluster?.identity?.oidc?.issuer ?? ''

describe.skipIf(missing !== undefined)("the articles' HCL", () => {
  let at: InstallationUnderTest
  let workspace: Workspace
  const first: Variables = { bucket: BUCKET, cluster_version: '1.33' }
  const second: Variables = {
    ...first,
    cluster_version: '1.34',
    cluster_logs: ['audit', 'api'],
    private_endpoint: true,
    client_ids: ['sts.amazonaws.com', 'vault'],
    thumbprints: ['9e99a48a9960b14926bb7f3b02e22da2b0ab7280'],
    tags: { team: 'shop', stage: 'test' },
    subjects: ['system:serviceaccount:testing:can-do-*', 'system:serviceaccount:other:*'],
    description: 'reads a bucket',
    max_session_duration: 7200,
    boundary: true,
  }
  const third: Variables = { ...second, client_ids: ['sts.amazonaws.com'], tags: { team: 'bank' }, boundary: false }

  beforeAll(async () => {
    at = await openInstallation()
    const { s3 } = clientsOf(at)
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET }))
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: KEY, Body: 'hello' }))
    workspace = await openWorkspace(at, { found: terraform, configuration: 'articles' })
  })
  afterAll(async () => {
    workspace.remove()
    await at.close()
  })

  it('applies: a cluster of its own with an issuer of its own, its provider, roles and policies', async () => {
    await workspace.apply(first)
    const { issuer, provider, account } = await workspace.outputs()
    expect(account).toBe(at.facts.account)
    expect(issuer).toMatch(/^https:\/\/oidc\.eks\.us-east-1\.amazonaws\.com\/id\/[0-9A-F]{32}$/)
    expect(issuer).not.toBe(at.facts.issuer)
    expect(await issuerOf(at, 'eks')).toBe(issuer)
    const { iam } = clientsOf(at)
    const kept = await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: provider }))
    expect(kept).toMatchObject({
      ClientIDList: ['sts.amazonaws.com'],
      ThumbprintList: ['990f4193972f2becf12ddeda5237f9c952f20d9e'],
    })
  })

  it('plans to no changes', async () => {
    expect(await workspace.plan(first)).toMatchObject({ code: 0 })
  })

  it('lets a program run as the service account that it granted, and as no other', async () => {
    const { reader_role: role = '' } = await workspace.outputs()
    const manifests = `
apiVersion: v1
kind: Namespace
metadata:
  name: ${NAMESPACE}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: ${NAME}
  namespace: ${NAMESPACE}
  annotations:
    eks.amazonaws.com/role-arn: ${role}
`
    await applyManifests(at.directory, [{ name: 'account.yaml', text: manifests }], 'eks')
    const told = await runProgram(at, 'eks')
    expect(told).toEqual({
      arn: expect.stringContaining(':assumed-role/can-do-stuff-on-aws/testing.can-do-stuff-on-aws-'),
      list: 'allowed',
      get: 'allowed',
    })
    // The same service account of another cluster has another issuer, which the role does not trust.
    await applyManifests(at.directory, [{ name: 'account.yaml', text: manifests }])
    await expect(runProgram(at, 'local')).rejects.toThrow('No OpenIDConnect provider found')
  })

  it('updates client ids, thumbprints, tags, trust, boundary and the cluster in place', async () => {
    const issuer = await issuerOf(at, 'eks')
    expect(await workspace.plan(second)).toMatchObject({ code: 2, text: expect.not.stringContaining('replaced') })
    await workspace.apply(second)
    expect(await workspace.plan(second)).toMatchObject({ code: 0 })
    expect(await issuerOf(at, 'eks')).toBe(issuer)
    const { Role } = await clientsOf(at).iam.send(new GetRoleCommand({ RoleName: 'can-do-stuff-on-aws' }))
    expect(Role).toMatchObject({ Description: 'reads a bucket', MaxSessionDuration: 7200 })
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toContain('can-do-*')
    const { cluster } = await clientsOf(at).eks.send(new DescribeClusterCommand({ name: 'eks' }))
    expect(cluster).toMatchObject({ version: '1.34', tags: { team: 'shop', stage: 'test' } })
  })

  it('what it updated counts at once: the boundary lets the program look and no more', async () => {
    expect(await runProgram(at, 'eks')).toMatchObject({ list: 'allowed', get: 'AccessDenied' })
  })

  it('updates back, and the program may read again', async () => {
    await workspace.apply(third)
    expect(await workspace.plan(third)).toMatchObject({ code: 0 })
    expect(await runProgram(at, 'eks')).toMatchObject({ list: 'allowed', get: 'allowed' })
  })

  it('takes the issuer of a cluster that is there already from the data source', async () => {
    const other = await openWorkspace(at, { found: terraform, configuration: 'data-source' })
    try {
      const variables = { cluster_name: 'local' }
      await other.apply(variables)
      expect(await other.plan(variables)).toMatchObject({ code: 0 })
      const { Role } = await clientsOf(at).iam.send(new GetRoleCommand({ RoleName: 'by-data-source' }))
      expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toContain(at.facts.issuer.slice(8))
      await other.destroy(variables)
    } finally {
      other.remove()
    }
  })

  it('destroys: nothing is left but what was there before', async () => {
    await workspace.destroy(third)
    expect(await workspace.state()).toEqual([])
    const { iam, eks } = clientsOf(at)
    expect((await iam.send(new ListOpenIDConnectProvidersCommand({}))).OpenIDConnectProviderList).toEqual([])
    expect((await eks.send(new ListClustersCommand({}))).clusters).toEqual(['local'])
    await expect(runProgram(at, 'eks')).rejects.toThrow('there is no cluster')
  })
})

describe.skipIf(missingTls !== undefined)('tls_certificate', () => {
  it('gives the thumbprint that the provider keeps', async () => {
    const at = await openInstallation()
    const workspace = await openWorkspace(at, { found: terraform, configuration: 'tls' })
    try {
      const variables = { cluster_name: 'local', issuer_server: at.facts.httpsEndpoint }
      await workspace.apply(variables)
      expect(await workspace.plan(variables)).toMatchObject({ code: 0 })
      expect((await workspace.outputs()).thumbprint).toMatch(/^[0-9a-f]{40}$/)
      await workspace.destroy(variables)
    } finally {
      workspace.remove()
      await at.close()
    }
  })
})
