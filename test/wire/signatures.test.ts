import { randomBytes } from 'node:crypto'
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HttpHead, instant, Secret, splitTarget } from '../../src/core/index.ts'
import { eksTable } from '../../src/standards/protocol/generated/eks.ts'
import { s3Table } from '../../src/standards/protocol/generated/s3.ts'
import { type ServiceName, serviceModel } from '../../src/standards/protocol/index.ts'
import { compileRoutes, type Route } from '../../src/standards/protocol/rest-route.ts'
import type { SigningCredentials } from '../../src/standards/sigv4/index.ts'
import {
  type Answer,
  type BareRequest,
  form,
  presigned,
  send,
  sendSigned,
  signed,
  type ToSign,
  VERSIONS,
} from './bare-http.ts'
import {
  applyServiceAccounts,
  createProvider,
  createRole,
  explained,
  mint,
  POD,
  ROLE,
  session,
  subjectOf,
  trust,
} from './circle.ts'
import { clientsOf } from './clients.ts'
import { flip } from './forge.ts'
import { type InstallationUnderTest, openInstallation } from './installation.ts'

const BUCKET = 'signatures'
let at: InstallationUnderTest

beforeAll(async () => {
  at = await openInstallation()
  const credentials = at.administrator()
  for (const target of [`/${BUCKET}`, `/${BUCKET}/key`])
    expect((await sendSigned(at, { service: 's3', credentials, method: 'PUT', target })).status).toBe(200)
  await applyServiceAccounts(at)
  await createProvider(at, at.facts.issuer)
})
afterAll(() => at.close())

type Plain = Required<Pick<ToSign, 'method' | 'target' | 'headers' | 'body'>>

/** A request for the operation as a client would begin it; enough to be recognised, whatever it is worth afterwards. */
function requestsOf(service: ServiceName): readonly (readonly [operation: string, request: Plain])[] {
  const { operationNames, targetPrefix } = serviceModel(service)
  if (service === 'sts' || service === 'iam')
    return operationNames
      .filter((Action) => Action !== 'AssumeRoleWithWebIdentity')
      .map((Action) => {
        const { headers = [], body = '' } = form({ Action, Version: VERSIONS[service] })
        return [Action, { method: 'POST', target: '/', headers, body }]
      })
  if (service === 'cloudtrail')
    return operationNames.map((name) => [
      name,
      {
        method: 'POST',
        target: '/',
        headers: [
          ['content-type', 'application/x-amz-json-1.1'],
          ['x-amz-target', `${targetPrefix}.${name}`],
        ],
        body: '{}',
      },
    ])
  const routes = compileRoutes(service === 's3' ? s3Table : eksTable)
  return routes
    .filter(({ operation }) => !OTHER_ENDPOINTS.includes(operation))
    .map((route) => [route.operation, restRequest(route)])
}

const OTHER_ENDPOINTS = ['ListDirectoryBuckets', 'WriteGetObjectResponse']

function restRequest(route: Route): Plain {
  const isS3 = route.segments.length > 0 && serviceModel('s3').operationNames.includes(route.operation)
  const path = isS3
    ? s3Path(route)
    : `/${route.segments.map((one) => ('literal' in one ? one.literal : 'name')).join('/')}`
  const query = [...route.literals, ...route.requiredQuery.map((key) => [key, '1'] as const)].map(
    ([key, value]) => `${key}=${value}`,
  )
  const hasBody = route.method === 'PUT' || route.method === 'POST'
  return {
    method: route.method,
    target: query.length === 0 ? path : `${path}?${query.join('&')}`,
    headers: route.requiredHeaders.map((name) => [name, `${BUCKET}/key`] as const),
    body: hasBody ? '{"x":1}' : '',
  }
}

function s3Path(route: Route): string {
  const isObject = route.segments.some((segment) => 'label' in segment)
  if (isObject) return `/${BUCKET}/key`
  const levels = [`/${BUCKET}`, '/']
  const query = [...route.literals, ...route.requiredQuery.map((key) => [key, '1'] as const)].map(
    ([key, value]) => `${key}=${value}`,
  )
  const found = levels.find((path) => {
    const head: HttpHead = { method: route.method, path, query: query.join('&'), headers: [['host', '127.0.0.1']] }
    try {
      return serviceModel('s3').recognise(head, undefined)?.name === route.operation
    } catch {
      return false
    }
  })
  return found ?? `/${BUCKET}`
}

type Words = readonly [status: number, code: string]
interface Family {
  readonly wrong: Words
  readonly unsigned: Words
  readonly unknownKey: Words
  readonly expired: Words
  readonly addedHeader: Words
  readonly otherBody: Words
  readonly both: Words
}

const json = (status: 400 | 403): Family => ({
  wrong: [status, 'InvalidSignatureException'],
  unsigned: [status, 'MissingAuthenticationTokenException'],
  unknownKey: [status, 'UnrecognizedClientException'],
  expired: [status, 'InvalidSignatureException'],
  addedHeader: [status, 'InvalidSignatureException'],
  otherBody: [status, 'InvalidSignatureException'],
  both: [status, 'IncompleteSignatureException'],
})
const query: Family = {
  wrong: [403, 'SignatureDoesNotMatch'],
  unsigned: [403, 'MissingAuthenticationToken'],
  unknownKey: [403, 'InvalidClientTokenId'],
  expired: [403, 'SignatureDoesNotMatch'],
  addedHeader: [403, 'SignatureDoesNotMatch'],
  otherBody: [403, 'SignatureDoesNotMatch'],
  both: [400, 'IncompleteSignature'],
}
const FAMILIES: Readonly<Record<ServiceName, Family>> = {
  sts: query,
  iam: query,
  cloudtrail: json(400),
  eks: json(403),
  'eks-auth': json(403),
  s3: {
    wrong: [403, 'SignatureDoesNotMatch'],
    unsigned: [403, 'AccessDenied'],
    unknownKey: [403, 'InvalidAccessKeyId'],
    expired: [403, 'AccessDenied'],
    addedHeader: [403, 'AccessDenied'],
    otherBody: [400, 'XAmzContentSHA256Mismatch'],
    both: [400, 'AuthorizationHeaderMalformed'],
  },
}

/** The same request with one hex digit of its signature changed, wherever that stands. */
function spoiled(request: BareRequest): BareRequest {
  const change = (text: string): string =>
    text.replace(/(Signature=)(\w)/, (_, name, digit) => `${name}${digit === 'a' ? 'b' : 'a'}`)
  return {
    ...request,
    target: change(request.target ?? '/'),
    headers: (request.headers ?? []).map(([name, value]) => [name, name === 'authorization' ? change(value) : value]),
  }
}

const unknown: SigningCredentials = { accessKeyId: 'AKIAQAAAAAAAAAAAAAAA', secretAccessKey: new Secret('x'.repeat(40)) }

type Attack = (wanted: ToSign) => BareRequest

const ATTACKS: { readonly [Name in keyof Family]: readonly Attack[] } = {
  wrong: [
    (wanted) => spoiled(signed(at, wanted)),
    (wanted) => spoiled(presigned(at, { ...wanted, expiresSeconds: 60 })),
    (wanted) =>
      signed(at, { ...wanted, credentials: { ...wanted.credentials, secretAccessKey: new Secret('y'.repeat(40)) } }),
    // The parameters of the query are signed, and so is their number.
    (wanted) => {
      const { target = '/', ...rest } = signed(at, wanted)
      return { ...rest, target: `${target}${target.includes('?') ? '&' : '?'}x-amz-added=1` }
    },
  ],
  unsigned: [({ method, target, headers, body }) => ({ method, target, headers, body }) as BareRequest],
  unknownKey: [
    (wanted) => signed(at, { ...wanted, credentials: unknown }),
    (wanted) => presigned(at, { ...wanted, credentials: unknown, expiresSeconds: 60 }),
  ],
  expired: [(wanted) => presigned(at, { ...wanted, expiresSeconds: 3600, time: instant(at.clock.now() - 3_601_000) })],
  addedHeader: [
    (wanted) => {
      const request = signed(at, wanted)
      return { ...request, headers: [...(request.headers ?? []), ['x-amz-acl', 'public-read']] }
    },
  ],
  otherBody: [(wanted) => ({ ...signed(at, wanted), body: `${String(wanted.body)}&More=1` })],
  both: [
    (wanted) => {
      const { target = '/' } = presigned(at, { ...wanted, expiresSeconds: 60 })
      return { ...signed(at, wanted), target }
    },
  ],
}

/** Operations that take no body, or read none: nobody can change what is not looked at. */
const NO_BODY = new Set(['UploadPart', 'UploadPartCopy', 'CopyObject', 'PutObjectAnnotation'])

/** Many at a time: what is refused is durable before it is answered, and one flush of the disk serves them all. */
async function inBatches<Item>(
  items: readonly Item[],
  ask: (item: Item) => Promise<readonly string[]>,
): Promise<string[]> {
  const said: string[] = []
  for (let from = 0; from < items.length; from += 40)
    said.push(...(await Promise.all(items.slice(from, from + 40).map(ask))).flat())
  return said
}

/** Who shows nothing and names neither action nor target talks to S3, whose bodies are read before they are judged. */
function isTakenForS3(
  service: ServiceName,
  attack: string,
  { status, code }: Pick<Answer, 'status' | 'code'>,
): boolean {
  if (attack !== 'unsigned') return false
  const words = { eks: ['403 AccessDenied', '405 MethodNotAllowed'], s3: ['400 MalformedXML'] }
  return service in words && words[service as keyof typeof words].includes(`${status} ${code}`)
}

describe.each(['sts', 'iam', 'eks', 'cloudtrail', 's3'] as const)('every operation of %s', (service) => {
  const requests = requestsOf(service)

  it('is known, and reached by its request', () => {
    const model = serviceModel(service)
    const skipped = service === 's3' ? OTHER_ENDPOINTS.length : service === 'sts' ? 1 : 0
    expect(requests.length).toBe(model.operationNames.length - skipped)
    const reached = requests.map(([, { method, target, headers, body }]) => {
      const parameters = new Map(new URLSearchParams(String(body)))
      const head = { method, ...splitTarget(target), headers: [['host', '127.0.0.1'] as const, ...headers] }
      return model.recognise(head, service === 'sts' || service === 'iam' ? parameters : undefined)?.name
    })
    expect(reached).toEqual(requests.map(([operation]) => operation))
  })

  it.each(Object.keys(ATTACKS) as (keyof Family)[])('is refused and changes nothing: %s', async (name) => {
    const before = at.state()
    const wanted = FAMILIES[service][name]
    const asked = requests.flatMap(([operation, request]) => {
      if (name === 'otherBody' && (request.body === '' || NO_BODY.has(operation))) return []
      const wanted = { ...request, service, credentials: at.administrator() }
      return ATTACKS[name].map((attack) => ({ operation, method: request.method, attack: () => attack(wanted) }))
    })
    const wrong = await inBatches(asked, async ({ operation, method, attack }) => {
      const { status, code, denial, message } = await send(at, attack())
      const isRight = status === wanted[0] && (method === 'HEAD' || code === wanted[1]) && denial !== ''
      return isRight || isTakenForS3(service, name, { status, code })
        ? []
        : [`${operation}: ${status} ${code} ${message}`]
    })
    expect(wrong).toEqual([])
    expect(at.state()).toBe(before)
  })
})

describe('a signature', () => {
  const ask = (wanted: Partial<ToSign>): Promise<Answer> =>
    sendSigned(at, { service: 'sts', credentials: at.administrator(), ...whoAmI(), ...wanted })
  const whoAmI = () => form({ Action: 'GetCallerIdentity', Version: VERSIONS.sts })

  it('holds for fifteen minutes in either direction', async () => {
    const shifted = (seconds: number) => ask({ time: instant(at.clock.now() + seconds * 1000) })
    expect((await shifted(-890)).status).toBe(200)
    expect((await shifted(890)).status).toBe(200)
    const [old, early] = [await shifted(-910), await shifted(910)]
    expect([old.status, old.code, early.status, early.code]).toEqual([
      403,
      'SignatureDoesNotMatch',
      403,
      'SignatureDoesNotMatch',
    ])
    expect(old.message).toMatch(
      /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 15 min\.\)$/,
    )
    expect(early.message).toMatch(
      /^Signature not yet current: \d{8}T\d{6}Z is still later than \d{8}T\d{6}Z \(\d{8}T\d{6}Z \+ 15 min\.\)$/,
    )
    const s3 = await sendSigned(at, {
      service: 's3',
      credentials: at.administrator(),
      time: instant(at.clock.now() - 910_000),
    })
    expect([s3.status, s3.code]).toEqual([403, 'RequestTimeTooSkewed'])
    expect(await explained(at, s3)).toMatchObject({ name: 'clock-skew', rung: 'signature' })
  })

  it('for another service is none for this one', async () => {
    const body = form({ Action: 'ListUsers', Version: VERSIONS.iam })
    const answer = await sendSigned(at, { ...body, service: 'sts', credentials: at.administrator() })
    expect([answer.status, answer.code]).toEqual([400, 'InvalidAction'])
    const unknownService = await ask({ service: 'ec2' })
    expect(unknownService.status).toBe(501)
  })

  it('of an inactive key, and of a deleted user, opens nothing', async () => {
    const { iam } = clientsOf(at)
    await iam.send(new CreateUserCommand({ UserName: 'ann' }))
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }))
    const credentials = {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: new Secret(AccessKey?.SecretAccessKey ?? ''),
    }
    expect((await ask({ credentials })).status).toBe(200)
    const AccessKeyId = credentials.accessKeyId
    await iam.send(new UpdateAccessKeyCommand({ UserName: 'ann', AccessKeyId, Status: 'Inactive' }))
    const answer = await ask({ credentials })
    expect([answer.status, answer.code]).toEqual([403, 'InvalidClientTokenId'])
    expect(await explained(at, answer)).toMatchObject({ name: 'inactive-access-key', rung: 'signature' })
  })

  it('over another spelling of the path is none: the operation was chosen by what was sent', async () => {
    const credentials = at.administrator()
    const request = signed(at, { service: 'eks', credentials, target: '/clusters/local' })
    expect((await send(at, request)).status).toBe(200)
    for (const target of ['/clusters//local', '/clusters/x/../local', '/clusters/./local', '/x/../clusters/local']) {
      const answer = await send(at, { ...request, target })
      expect([target, answer.status >= 400 && answer.status < 500]).toEqual([target, true])
    }
  })

  it('presigned, is refused in the words of presigned requests', async () => {
    const credentials = at.administrator()
    const { target = '', ...rest } = presigned(at, {
      service: 's3',
      credentials,
      target: `/${BUCKET}/key`,
      expiresSeconds: 60,
    })
    expect((await send(at, { ...rest, target })).status).toBe(200)
    const spelled: readonly (readonly [string, string])[] = [
      ['X-Amz-Expires=60', 'X-Amz-Expires=604801'],
      ['X-Amz-Expires=60', 'X-Amz-Expires=-1'],
      ['X-Amz-Expires=60&', ''],
      [/X-Amz-Signature=\w+/.exec(target)?.[0] ?? '', ''],
      [/X-Amz-Date=\w+/.exec(target)?.[0] ?? '', 'X-Amz-Date=yesterday'],
    ]
    for (const [from, to] of spelled) {
      const answer = await send(at, { ...rest, target: target.replace(from, to) })
      expect([to, answer.status, answer.code]).toEqual([to, 400, 'AuthorizationQueryParametersError'])
    }
    const twice = await send(at, { ...rest, target: `${target}&X-Amz-Expires=60` })
    expect([twice.status, twice.code]).toEqual([400, 'AuthorizationQueryParametersError'])
  })

  it('never comes back, and neither does the one that was expected', async () => {
    const good = signed(at, { service: 's3', credentials: at.administrator(), target: `/${BUCKET}/key` })
    const expected = /Signature=(\w+)/.exec(JSON.stringify(good.headers))?.[1] ?? ''
    const answer = await send(at, spoiled(good))
    expect(answer.code).toBe('SignatureDoesNotMatch')
    expect(expected).toHaveLength(64)
    expect(answer.text + JSON.stringify(await explained(at, answer)) + at.logged()).not.toContain(expected)
  })
})

describe('a session', () => {
  const MAY = [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }]
  let pod: Required<SigningCredentials>

  beforeAll(async () => {
    const { issuer } = at.facts
    await createRole(at, { name: ROLE, trust: [trust({ issuer, subject: subjectOf(POD) })], may: MAY })
    pod = await session(at, { token: await mint(at) })
  })

  const who = (credentials: SigningCredentials): Promise<Answer> =>
    sendSigned(at, { service: 'sts', credentials, ...form({ Action: 'GetCallerIdentity', Version: VERSIONS.sts }) })
  const list = (credentials: SigningCredentials): Promise<Answer> =>
    sendSigned(at, { service: 's3', credentials, target: `/${BUCKET}` })

  it('opens what its role may, and names itself', async () => {
    expect((await who(pod)).text).toContain(`<Arn>arn:aws:sts::000000000000:assumed-role/${ROLE}/my-pod-7d4f9</Arn>`)
    expect((await list(pod)).status).toBe(200)
  })

  it('with any one character of its token changed opens nothing', async () => {
    const { sessionToken } = pod
    const last = sessionToken.replace(/=+$/, '').length
    const codes = new Set<string>()
    for (let index = 0; index < last; index += 7) {
      const answer = await who({ ...pod, sessionToken: flip(sessionToken, index) })
      codes.add(`${answer.status} ${answer.code}`)
    }
    // The very last character too, with the bits that base64 leaves unused.
    const spare = await who({ ...pod, sessionToken: flip(sessionToken, last - 1) })
    codes.add(`${spare.status} ${spare.code}`)
    expect([...codes]).toEqual(['403 InvalidClientTokenId'])
    const s3 = await list({ ...pod, sessionToken: flip(sessionToken, 20) })
    expect([s3.status, s3.code]).toEqual([400, 'InvalidToken'])
    expect(await explained(at, s3)).toMatchObject({ name: 'session-token', rung: 'signature' })
  })

  it('cut, doubled, spelled in another way or made up opens nothing', async () => {
    const { sessionToken } = pod
    const others = [
      sessionToken.slice(0, -4),
      sessionToken.slice(4),
      sessionToken + sessionToken,
      sessionToken.replace(/=+$/, ''),
      sessionToken.replaceAll('+', '-').replaceAll('/', '_'),
      `${sessionToken}A`,
      randomBytes(300).toString('base64'),
      'x',
      '%00',
    ].filter((other) => other !== sessionToken)
    for (const other of others) {
      const answer = await who({ ...pod, sessionToken: other })
      expect([other, answer.status, answer.code]).toEqual([other, 403, 'InvalidClientTokenId'])
    }
  })

  it('without its token, with the token of another session, or with an access key of its own opens nothing', async () => {
    const other = await session(at, { token: await mint(at) })
    expect(other.accessKeyId).not.toBe(pod.accessKeyId)
    const { sessionToken, ...bare } = pod
    for (const credentials of [
      bare,
      { ...pod, sessionToken: other.sessionToken },
      { ...pod, accessKeyId: other.accessKeyId },
      { ...pod, accessKeyId: at.administrator().accessKeyId },
      { ...at.administrator(), sessionToken },
    ]) {
      const answer = await who(credentials)
      expect([answer.status, answer.code]).toEqual([403, 'InvalidClientTokenId'])
    }
    const wrong = await who({ ...pod, secretAccessKey: other.secretAccessKey })
    expect([wrong.status, wrong.code]).toEqual([403, 'SignatureDoesNotMatch'])
  })

  it('of another installation opens nothing here', async () => {
    const elsewhere = await openInstallation()
    try {
      const answer = await sendSigned(elsewhere, { service: 's3', credentials: pod })
      expect([answer.status, answer.code]).toEqual([400, 'InvalidToken'])
    } finally {
      await elsewhere.close()
    }
  })

  it('ends with its role, also when a role of the same name is made anew', async () => {
    const { iam } = clientsOf(at)
    const RoleName = 'short-lived'
    const make = () =>
      createRole(at, { name: RoleName, trust: [trust({ issuer: at.facts.issuer, subject: subjectOf(POD) })], may: MAY })
    await make()
    const old = await session(at, { token: await mint(at), role: RoleName })
    expect((await list(old)).status).toBe(200)
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'inline' }))
    const denied = await list(old)
    expect([denied.status, denied.code]).toEqual([403, 'AccessDenied'])
    await iam.send(new DeleteRoleCommand({ RoleName }))
    for (const again of [false, true]) {
      if (again) await make()
      const answer = await list(old)
      expect([answer.status, answer.code]).toEqual([400, 'InvalidToken'])
      expect(await explained(at, answer)).toMatchObject({ name: 'session-revoked', rung: 'signature' })
      expect((await who(old)).code).toBe('InvalidClientTokenId')
    }
    expect((await list(await session(at, { token: await mint(at), role: RoleName }))).status).toBe(200)
  })
})
