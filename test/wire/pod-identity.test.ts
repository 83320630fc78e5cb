/** EKS Pod Identity: a node shows a pod's token to EKS Auth, and the pod gets the credentials of its role. */
import { ListBucketsCommand } from '@aws-sdk/client-s3'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientsOf } from './clients.ts'
import { ACCOUNT, type InstallationUnderTest, openInstallation } from './installation.ts'
import { answered, associate, assumeForPod, createPodRole, credentialsOfPod, podToken } from './pod-identity-cast.ts'

let at: InstallationUnderTest
beforeAll(async () => {
  at = await openInstallation()
})
afterAll(() => at.close())

describe('a pod whose service account has an association', () => {
  it('gets credentials of the role, for six hours', async () => {
    const roleArn = await createPodRole(at, 'orders')
    const association = await associate(at, { roleArn })
    const got = answered(await assumeForPod(at, podToken(at)))
    const name = /^eks-local-orders-7d4-[0-9a-f-]{36}$/
    const { accessKeyId, expiration } = got.credentials
    expect(got).toMatchObject({
      subject: { namespace: 'shop', serviceAccount: 'orders' },
      audience: 'pods.eks.amazonaws.com',
      podIdentityAssociation: {
        associationArn: association?.associationArn,
        associationId: association?.associationId,
      },
    })
    expect(got.assumedRoleUser.arn.split('/').at(-1)).toMatch(name)
    expect(got.assumedRoleUser.arn).toContain(`arn:aws:sts::${ACCOUNT}:assumed-role/orders/`)
    expect(accessKeyId).toMatch(/^ASIA/)
    expect(expiration - at.clock.now() / 1000).toBeGreaterThan(6 * 3600 - 60)
    const { sts, s3 } = clientsOf(at, credentialsOfPod(got))
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(got.assumedRoleUser.arn)
    expect((await s3.send(new ListBucketsCommand({}))).Buckets).toEqual([])
  })
})
