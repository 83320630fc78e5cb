import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import { AssumeRoleWithWebIdentityCommand } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findAwsCli, runAwsCliPod } from './harness/aws-cli.ts'
import { changeTrust, makeRole, NAMESPACE, removeRole, roleArn, subjectOf, trustOf } from './harness/cast.ts'
import { type Circle, startCircle, WEBHOOK } from './harness/circle.ts'
import { ACCOUNT } from './harness/cloud-half.ts'
import { describeWithNode, eventually, type KubernetesObject } from './harness/index.ts'
import { deploy, podOf, type Round, replacePod, roundOf, roundsOf, type Workload } from './harness/workload.ts'

const namespace = NAMESPACE
const ORDERS: Workload = { namespace, name: 'orders', roleArn: roleArn('orders') }
/** Says that it is of the same role, which does not know it. */
const CART: Workload = { namespace, name: 'cart', roleArn: roleArn('orders') }
const SHORT_TOKEN_SECONDS = 600
const SHORT_SESSION_SECONDS = 900
/** Tokens as short as Kubernetes makes them, credentials as short as AWS does. */
const LONG: Workload = {
  namespace,
  name: 'long',
  roleArn: roleArn('long'),
  annotations: { 'eks.amazonaws.com/token-expiration': `${SHORT_TOKEN_SECONDS}` },
  environment: { SESSION_SECONDS: `${SHORT_SESSION_SECONDS}` },
}

describeWithNode('the whole circle on a real node', () => {
  let circle: Circle
  let longBegan: number

  beforeAll(async () => {
    circle = await startCircle()
    for (const [what, ms] of Object.entries(circle.times))
      console.log(`note: ${what} after ${(ms / 1000).toFixed(1)} s`)
    const { node, cloud } = circle
    for (const name of ['long', 'orders']) await makeRole(cloud, name, trustOf(node.issuer, name))
    // Looked at last: it takes longer than everything else together.
    await deploy(node, LONG)
    longBegan = Date.now()
    await deploy(node, ORDERS)
  })
  afterAll(() => circle?.stop())

  const explain = async (round: Round): Promise<KubernetesObject> =>
    JSON.parse(await circle.cloud.openirsa('explain', round.own.denial ?? round.other.denial ?? '', '-o', 'json'))
  const isRefused = ({ own }: Round): boolean => own.refused !== undefined

  test('the webhook runs as two pods that are no root, reached through its Service', async () => {
    const { kubectl } = circle.node
    const { items } = await kubectl.get('pods', '-n', WEBHOOK)
    expect(
      items.map(({ spec, status }: KubernetesObject) => [status.phase, spec.securityContext.runAsNonRoot]),
    ).toEqual([
      ['Running', true],
      ['Running', true],
    ])
    const slices = await kubectl.get('endpointslices', '-n', WEBHOOK, '-l', `kubernetes.io/service-name=${WEBHOOK}`)
    expect(slices.items[0].endpoints).toHaveLength(2)
    const { webhooks } = await kubectl.get('mutatingwebhookconfiguration', WEBHOOK)
    expect(webhooks[0].clientConfig.service).toMatchObject({ name: WEBHOOK, namespace: WEBHOOK })
  })

  describe('a Deployment with an annotated service account', () => {
    test('lists its bucket and is refused another', async () => {
      const began = performance.now()
      const { own, other, accessKeyId } = await roundOf(circle.node, ORDERS)
      console.log(
        `note: first listing seen ${((performance.now() - began) / 1000).toFixed(1)} s after it was asked for`,
      )
      expect(own.keys).toEqual(['first-order.json'])
      expect(accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/)
      expect(other).toMatchObject({ refused: 'AccessDenied', denial: expect.stringMatching(/./) })
    })

    test('and the refusal is explained', async () => {
      const { other } = await roundOf(circle.node, ORDERS)
      const why = JSON.parse(await circle.cloud.openirsa('explain', other.denial ?? '', '-o', 'json'))
      expect(why).toMatchObject({ rung: 'identity', action: 's3:ListBucket', resource: 'arn:aws:s3:::payroll' })
      expect(JSON.stringify(why.principal)).toContain('assumed-role/orders/')
    })

    test('and CloudTrail names the service account', async () => {
      const AttributeValue = 'AssumeRoleWithWebIdentity'
      const command = new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue }] })
      const { Events = [] } = await circle.cloud.cloudtrail.send(command)
      const users = Events.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent ?? '{}').userIdentity)
      expect(users).toContainEqual(
        expect.objectContaining({ type: 'WebIdentityUser', userName: subjectOf(ORDERS.name) }),
      )
    })
  })

  describe('the commands of the articles', () => {
    test('kubectl describe serviceaccount shows the annotation', async () => {
      const text = await circle.node.kubectl('describe', 'serviceaccount', ORDERS.name, '-n', namespace)
      expect(text).toMatch(/^Annotations:\s+eks\.amazonaws\.com\/role-arn: arn:aws:iam::000000000000:role\/orders$/m)
    })

    test('kubectl get pod -o yaml shows the environment, the mount and the volume', async () => {
      const { metadata } = await podOf(circle.node, ORDERS)
      const text = await circle.node.kubectl('get', 'pod', metadata.name, '-n', namespace, '-o', 'yaml')
      expect(text).toContain(`    - name: AWS_ROLE_ARN
      value: arn:aws:iam::000000000000:role/orders
    - name: AWS_WEB_IDENTITY_TOKEN_FILE
      value: /var/run/secrets/eks.amazonaws.com/serviceaccount/token
`)
      expect(text).toContain(`    - mountPath: /var/run/secrets/eks.amazonaws.com/serviceaccount
      name: aws-iam-token
      readOnly: true
`)
      expect(text).toContain(`  - name: aws-iam-token
    projected:
      defaultMode: 420
      sources:
      - serviceAccountToken:
          audience: sts.amazonaws.com
          expirationSeconds: 86400
          path: token
`)
    })

    const cli = findAwsCli()
    if (cli === undefined)
      console.log('note: SKIPPED kubectl exec … aws: no AWS CLI that a Python of this machine runs')
    const name = cli === undefined ? 'kubectl exec … aws [SKIPPED: no AWS CLI of a Python here]' : 'kubectl exec … aws'
    test.skipIf(cli === undefined)(`${name} sts get-caller-identity shows the assumed role`, async () => {
      if (cli === undefined) return
      const { node } = circle
      const pod = { name: 'aws-cli-test', namespace, serviceAccountName: ORDERS.name, cli }
      await runAwsCliPod(node, pod)
      const aws = (...words: readonly string[]) =>
        node.kubectl.try(['exec', pod.name, '-n', namespace, '--', cli.command, ...words])
      const { out, err } = await aws('sts', 'get-caller-identity')
      expect(err).toBe('')
      expect(JSON.parse(out)).toMatchObject({
        Account: ACCOUNT,
        Arn: expect.stringMatching(/^arn:aws:sts::000000000000:assumed-role\/orders\//),
      })
      expect((await aws('s3', 'ls', 's3://orders')).out).toContain('first-order.json')
      expect((await aws('s3', 'ls', 's3://payroll')).err).toContain('AccessDenied')
    })

    test('the pod carries no tolerations but those that the API server gives to all', async () => {
      const { spec } = await podOf(circle.node, ORDERS)
      const keys = spec.tolerations.map(({ key, tolerationSeconds }: KubernetesObject) => [key, tolerationSeconds])
      expect(keys).toEqual([
        ['node.kubernetes.io/not-ready', 300],
        ['node.kubernetes.io/unreachable', 300],
      ])
    })
  })

  describe('is refused', () => {
    test('another service account that names the same role', async () => {
      await deploy(circle.node, CART)
      const round = await roundOf(circle.node, CART)
      expect(round.own).toMatchObject({ refused: 'AccessDenied' })
      expect(await explain(round)).toMatchObject({ code: 'IRSA301', name: 'trust-sub', rung: 'trust' })
    })

    test('the next exchange when the trust is taken away', async () => {
      const { node, cloud } = circle
      await changeTrust(cloud, 'orders', trustOf(node.issuer, 'nobody'))
      await replacePod(node, ORDERS)
      expect((await roundOf(node, ORDERS)).own).toMatchObject({ refused: 'AccessDenied' })
      await changeTrust(cloud, 'orders', trustOf(node.issuer, ORDERS.name))
      // The same pod goes on as soon as it may.
      expect((await roundOf(node, ORDERS, (round) => !isRefused(round))).own.keys).toEqual(['first-order.json'])
    })

    test('the next exchange when the role is removed', async () => {
      const { node, cloud } = circle
      await removeRole(cloud, 'orders')
      await replacePod(node, ORDERS)
      expect((await roundOf(node, ORDERS)).own).toMatchObject({ refused: 'AccessDenied' })
      await makeRole(cloud, 'orders', trustOf(node.issuer, ORDERS.name))
      expect((await roundOf(node, ORDERS, (round) => !isRefused(round))).own.keys).toEqual(['first-order.json'])
    })

    test('the token of a secret made by hand, which is explained', async () => {
      const { kubectl } = circle.node
      const annotations = { 'kubernetes.io/service-account.name': ORDERS.name }
      const metadata = { name: 'legacy', namespace, annotations }
      await kubectl.apply({ apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/service-account-token' })
      const encoded = await eventually('the token', async () => {
        const { data } = await kubectl.get('secret', 'legacy', '-n', namespace)
        return data?.token as string | undefined
      })
      const WebIdentityToken = Buffer.from(encoded, 'base64').toString()
      const wanted = { RoleArn: ORDERS.roleArn, RoleSessionName: 'by-hand', WebIdentityToken }
      const failure = await circle.cloud.sts.send(new AssumeRoleWithWebIdentityCommand(wanted)).catch((error) => error)
      expect(failure).toMatchObject({ name: 'InvalidIdentityTokenException' })
      const denial = failure.$response.headers['x-openirsa-denial']
      const why = JSON.parse(await circle.cloud.openirsa('explain', denial, '-o', 'json'))
      expect(why).toMatchObject({
        code: 'IRSA210',
        name: 'legacy-token',
        fix: expect.stringContaining('projected token'),
      })
    })
  })

  describe('the token', () => {
    test('is renewed when the kubelet is restarted, and the program goes on', async () => {
      const before = await podOf(circle.node, ORDERS)
      const { token } = (await roundsOf(circle.node, ORDERS)).at(-1) ?? {}
      const began = performance.now()
      await circle.node.kubelet.restart()
      const later = await roundOf(circle.node, ORDERS, (round) => round.token !== token && !isRefused(round))
      console.log(
        `note: token file changed ${((performance.now() - began) / 1000).toFixed(1)} s after the kubelet was restarted`,
      )
      expect(later.own.keys).toEqual(['first-order.json'])
      const after = await podOf(circle.node, ORDERS)
      expect(after.metadata.uid).toBe(before.metadata.uid)
      expect(after.status.containerStatuses[0].restartCount).toBe(0)
    })

    test(
      'of ten minutes is renewed at four fifths of them, credentials of fifteen by the SDK, and nobody notices',
      async () => {
        const patience = { limitMs: (SHORT_SESSION_SECONDS + 60) * 1000, everyMs: 5000 }
        const rounds = await eventually(
          'new credentials',
          async () => {
            const seen = await roundsOf(circle.node, LONG)
            return seen.at(-1)?.accessKeyId === seen[0]?.accessKeyId ? undefined : seen
          },
          patience,
        )
        expect(rounds.filter(isRefused)).toEqual([])
        const [tokens, credentials] = [changesOf(rounds, 'token'), changesOf(rounds, 'accessKeyId')]
        const asText = `tokens changed after ${tokens.join(', ')} s, credentials after ${credentials.join(', ')} s`
        console.log(`note: ${asText}, of a pod that began ${Math.round((Date.now() - longBegan) / 1000)} s ago`)
        // The kubelet, restarted above, begins its four fifths anew.
        const lifetime = (tokens.at(-1) ?? 0) - (tokens.at(-2) ?? 0)
        expect(lifetime, asText).toBeGreaterThan(0.7 * SHORT_TOKEN_SECONDS)
        expect(lifetime, asText).toBeLessThan(0.95 * SHORT_TOKEN_SECONDS)
        expect(credentials).toHaveLength(1)
      },
      (SHORT_SESSION_SECONDS + 120) * 1000,
    )
  })
})

/** Seconds after the first round at which it became another one. */
function changesOf(rounds: readonly Round[], what: 'token' | 'accessKeyId'): readonly number[] {
  const began = Date.parse(rounds[0]?.at ?? '')
  return rounds
    .filter((round, at) => at > 0 && round[what] !== rounds[at - 1]?.[what])
    .map(({ at }) => Math.round((Date.parse(at) - began) / 1000))
}
