/** An association of EKS Pod Identity by the real, unmodified Terraform: applied, planned, updated, destroyed, and used by a pod. */
import { ListPodIdentityAssociationsCommand } from '@aws-sdk/client-eks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientsOf } from '../wire/clients.ts'
import { type InstallationUnderTest, openInstallation } from '../wire/installation.ts'
import { answered, assumeForPod, podToken } from '../wire/pod-identity-cast.ts'
import { type FoundTerraform, findTerraform } from './find-terraform.ts'
import { openWorkspace, type Workspace } from './workspace.ts'

const found = findTerraform(process.env)
const missing = typeof found === 'string' ? found : undefined
if (missing !== undefined) console.log(`note: skipped: Terraform makes a pod identity association: ${missing}`)

describe.skipIf(missing !== undefined)('aws_eks_pod_identity_association', () => {
  let at: InstallationUnderTest
  let workspace: Workspace
  const first = { role: 'first', tags: { team: 'shop' } }
  const second = { role: 'second', tags: { team: 'bank', cost: '1' } }
  const roleOfPod = async () => answered(await assumeForPod(at, podToken(at))).assumedRoleUser.arn.split('/')[1]

  beforeAll(async () => {
    at = await openInstallation()
    workspace = await openWorkspace(at, { found: found as FoundTerraform, configuration: 'pod-identity' })
  })
  afterAll(async () => {
    workspace.remove()
    await at.close()
  })

  it('applies, and plans to no changes: the pod is the role', async () => {
    await workspace.apply(first)
    expect(await workspace.plan(first)).toMatchObject({ code: 0 })
    expect(await roleOfPod()).toBe('first')
  })

  it('updates role and tags in place: the pod is the other role', async () => {
    const before = await workspace.outputs()
    expect(await workspace.plan(second)).toMatchObject({ code: 2, text: expect.not.stringContaining('replaced') })
    await workspace.apply(second)
    expect(await workspace.plan(second)).toMatchObject({ code: 0 })
    expect(await workspace.outputs()).toEqual(before)
    expect(await roleOfPod()).toBe('second')
  })

  it('destroys: the pod gets nothing any more', async () => {
    await workspace.destroy(second)
    const { associations } = await clientsOf(at).eks.send(
      new ListPodIdentityAssociationsCommand({ clusterName: 'local' }),
    )
    expect(associations).toEqual([])
    expect((await assumeForPod(at, podToken(at))).status).toBe(404)
  })
})
