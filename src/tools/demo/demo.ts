import { parseServiceAccountRef, type ServiceAccountRef, subjectOf } from '../../core/index.ts'
import { type AdministratorCalls, createAdministratorCalls } from '../../io/aws/index.ts'
import { askInstallation } from '../../io/installation/index.ts'
import { inspectToken } from '../../standards/oidc/index.ts'
import { explainText } from '../explain/index.ts'
import { runAs, systemRunHost } from '../run/index.ts'
import { type DemoFacts, startInstallation } from '../up/index.ts'
import { expectThat } from './errors.ts'
import type { DemoHost, Demonstrated, DemoOptions } from './model.ts'
import { parseReports, type Reports } from './reports.ts'

const DELETE = 's3:DeleteObject'

/**
 * The main job, once: starts the circle, runs a program with a real AWS SDK as a service account, shows an allowed call, a refused one
 * and why. Every step is looked at from outside before it is told.
 * @returns with everything still running; whoever called closes it
 * @throws DemoError when a step does not go as it must; nothing runs any more then
 */
export async function runDemo(options: DemoOptions, host: DemoHost): Promise<Demonstrated> {
  const installation = await startInstallation(options.up, host.up)
  try {
    const { facts, demo } = installation
    expectThat(demo !== undefined, 'the start', 'an installation without the demo')
    const { dataDirectory } = options.up
    const stage: Stage = {
      demo,
      issuer: facts.issuer,
      dataDirectory,
      account: accountOf(demo),
      calls: await createAdministratorCalls(facts, { dataDirectory, clock: host.up.clock }),
    }
    host.tell({ kind: 'issuer', issuer: facts.issuer, endpoint: facts.endpoint })
    await showToken(stage, host)
    await showProvider(stage, host)
    await showRole(stage, host)
    const reports = await runProgram(options, host, stage)
    await showCalls(reports, stage, host)
    return { installation }
  } catch (failure) {
    await installation.close()
    throw failure
  }
}

interface Stage {
  readonly demo: DemoFacts
  readonly issuer: string
  readonly dataDirectory: string
  readonly account: ServiceAccountRef
  readonly calls: AdministratorCalls
}

function accountOf(demo: DemoFacts): ServiceAccountRef {
  const account = parseServiceAccountRef(demo.serviceAccount)
  expectThat(account !== undefined, 'the service account', demo.serviceAccount)
  return account
}

async function showToken({ account, dataDirectory, demo, issuer }: Stage, host: DemoHost): Promise<void> {
  const body = { ...account, audiences: [demo.audience], expirationSeconds: 3600 }
  const minted = (await askInstallation(dataDirectory, { method: 'POST', path: 'token-requests', body })) as {
    readonly token: string
  }
  const inspection = inspectToken(minted.token)
  const { iss, sub } = inspection.claims
  expectThat(inspection.kind === 'projected' && iss === issuer && sub === subjectOf(account), 'the token', inspection)
  host.tell({ kind: 'token', serviceAccount: demo.serviceAccount, inspection })
}

async function showProvider({ calls, demo, issuer }: Stage, host: DemoHost): Promise<void> {
  const found = await calls.iam('GetOpenIDConnectProvider', { OpenIDConnectProviderArn: demo.providerArn })
  const url = /<Url>([^<]*)<\/Url>/.exec(found.text)?.[1]
  expectThat(found.code === '' && `https://${url}` === issuer, 'the OIDC provider', found)
  const clientIds = [...found.text.matchAll(/<member>([^<]*)<\/member>/g)].map(([, id = '']) => id)
  host.tell({ kind: 'provider', arn: demo.providerArn, clientIds: clientIds.filter((id) => id === demo.audience) })
}

async function showRole({ calls, demo, account }: Stage, host: DemoHost): Promise<void> {
  const found = await calls.iam('GetRole', { RoleName: demo.roleArn.slice(demo.roleArn.lastIndexOf('/') + 1) })
  const arn = /<Arn>([^<]*)<\/Arn>/.exec(found.text)?.[1]
  expectThat(found.code === '' && arn === demo.roleArn, 'the role', found)
  host.tell({ kind: 'role', arn })
  // SPEC: IAM gives policy documents percent-encoded (RFC 3986).
  const text = decodeURIComponent(/<AssumeRolePolicyDocument>([^<]*)</.exec(found.text)?.[1] ?? '')
  expectThat(text.includes(`"${subjectOf(account)}"`), 'the trust policy', text)
  host.tell({ kind: 'trust', document: JSON.parse(text) as unknown })
}

async function runProgram({ program }: DemoOptions, host: DemoHost, stage: Stage): Promise<Reports> {
  let printed = ''
  const { demo, account: serviceAccount, dataDirectory } = stage
  const command = [...program, demo.bucket, demo.allowedKey]
  const output = (text: string): void => {
    printed += text
  }
  // What is kept from the program is the caller's own affair here: the demo is about the service account.
  const quiet = { ...systemRunHost(host.environment, host.temporaryDirectory, () => undefined), output }
  const code = await runAs({ dataDirectory, serviceAccount, command, keepAwsConfig: false, https: false }, quiet)
  expectThat(code === 0, 'the program', { exit: code, printed })
  return parseReports(printed)
}

async function showCalls(reports: Reports, stage: Stage, host: DemoHost): Promise<void> {
  const { demo } = stage
  const exchange = reports.get('sts:AssumeRoleWithWebIdentity')
  const { accessKeyId = '', expiration = '' } = exchange ?? {}
  const isLive = Date.parse(expiration) > host.up.clock.now()
  expectThat(exchange?.allowed === true && accessKeyId.startsWith('ASIA') && isLive, 'the exchange', exchange)
  host.tell({ kind: 'exchange', accessKeyId, expiration })
  const identity = reports.get('sts:GetCallerIdentity')
  const session = `${demo.roleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/`
  expectThat(identity?.arn?.startsWith(session) === true, 'the identity', identity)
  host.tell({ kind: 'identity', arn: identity.arn })
  const resource = `s3://${demo.bucket}/${demo.allowedKey}`
  const read = reports.get('s3:GetObject')
  expectThat(read?.allowed === true && read.text === demo.allowedText, 'the allowed call', read)
  host.tell({ kind: 'allowed', action: 's3:GetObject', resource, text: read.text.trim() })
  await showRefusal(reports, stage, host)
}

async function showRefusal(reports: Reports, { demo, calls, dataDirectory }: Stage, host: DemoHost): Promise<void> {
  const refused = reports.get(DELETE)
  const { code = '', message = '', denial: id = '' } = refused ?? {}
  const isRefusal = code === 'AccessDenied' && message.includes(`is not authorized to perform: ${DELETE}`)
  expectThat(refused?.allowed === false && isRefusal && id !== '', 'the refused call', refused)
  const left = await calls.s3({ method: 'HEAD', target: `/${demo.bucket}/${demo.allowedKey}` })
  expectThat(left.status === 200, 'the refused call, which must change nothing', left)
  host.tell({ kind: 'refused', action: DELETE, resource: `s3://${demo.bucket}/${demo.allowedKey}`, code, message })
  const explained = await explainText(dataDirectory, id)
  expectThat(explained.kind === 'denial' && explained.denial.action === DELETE, 'the explanation', explained)
  host.tell({ kind: 'explained', denial: explained.denial })
}
