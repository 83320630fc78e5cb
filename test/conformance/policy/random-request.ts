// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like that
import type { RawDocument, RawPrincipal, RawRequest, RawStatement } from './naive.ts'

/** A source of choices: at each call a number below the bound. The same tape gives the same request, a shorter one a simpler one. */
export type Tape = (bound: number) => number

/** The numbers of a list, then zeros: the first of each choice is the plainest. */
export function tapeOf(numbers: readonly number[]): Tape {
  let at = 0
  return (bound) => (numbers[at++] ?? 0) % bound
}

/** Endless and repeatable: mulberry32. */
export function seededTape(seed: number): Tape {
  let state = seed >>> 0
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound
  }
}

const HOME = '111122223333'
const AWAY = '444455556666'
const ISSUER = 'oidc.example.com/id/A1'
const PROVIDER = `arn:aws:iam::${HOME}:oidc-provider/${ISSUER}`
const USER = `arn:aws:iam::${HOME}:user/team/ann`
const ROLE = `arn:aws:iam::${HOME}:role/team/app`
const SESSION = `arn:aws:sts::${HOME}:assumed-role/app/pod-1`

const PRINCIPALS: readonly RawPrincipal[] = [
  { kind: 'role-session', account: HOME, arn: SESSION, roleArn: ROLE, roleUniqueId: 'AROAAAAAAAAAAAAAAAAAA' },
  { kind: 'user', account: HOME, arn: USER, uniqueId: 'AIDAAAAAAAAAAAAAAAAAA' },
  { kind: 'web-identity', account: HOME, providerArn: PROVIDER },
  { kind: 'anonymous' },
  { kind: 'service', name: 's3.amazonaws.com' },
  { kind: 'root', account: HOME, arn: `arn:aws:iam::${HOME}:root` },
]

const ACTIONS = [
  's3:GetObject',
  's3:PutObject',
  'sts:AssumeRoleWithWebIdentity',
  'sts:AssumeRole',
  'S3:getobject',
  'sts:GetCallerIdentity',
]
const ACTION_PATTERNS = [
  '*',
  's3:*',
  's3:GetObject',
  's3:get*',
  '*:*',
  'S3:?etObject',
  's3:*Object',
  's3:Put*',
  'sts:*',
  'sts:Assume*',
  's3: GetObject',
  'sqs:SendMessage',
]
const TRUST_PATTERNS = ['sts:AssumeRoleWithWebIdentity', 'sts:*', 'sts:AssumeRole', 'STS:assumerole*', 'sts:TagSession']

const RESOURCES = [
  'arn:aws:s3:::b/red/k',
  'arn:aws:s3:::b',
  'arn:aws:s3:::b/a*c',
  'arn:aws:s3:::b/x\ny',
  'arn:aws:s3:::b//k',
  '*',
  ROLE,
  'arn:aws:s3:eu-west-1:111122223333:accesspoint/p',
  'arn:aws:s3:::b/a:b:c',
  'arn:aws:s3:::b/${aws:x}',
]
const RESOURCE_PATTERNS = [
  '*',
  'arn:aws:s3:::b/*',
  'arn:aws:s3:::b',
  'arn:aws:s3:::b/${aws:PrincipalTag/team}/*',
  'arn:aws:s3:::b/red/?',
  "arn:aws:s3:::b/${aws:PrincipalTag/none, 'red'}/*",
  'arn:aws:s3:::b/${aws:PrincipalTag/none}/*',
  'arn:aws:s3:::b/a${*}c',
  'arn:aws:s3:*',
  'arn:*:s3:::b/*',
  'arn:aws:s3:*:*:accesspoint/*',
  'arn:aws:s3:::*/*k',
  'arn:aws:s3:::b/${aws:TagKeys}',
  'arn:aws:s3:::${aws:PrincipalTag/empty}b',
  'arn:aws:iam::${aws:PrincipalAccount}:role/*',
  'arn:aws:iam::*:role/team/*',
  'arn:aws:s3:::b*c',
  "arn:aws:s3:::b/${aws:PrincipalTag/empty, 'red'}/k",
  'arn:aws:s3:::b/${aws:PrincipalTag/team',
  'arn:aws:s3:::b/*a*:*',
  'arn:aws:s3:::?',
  'arn:aws:s3:::b/red*red/k',
  'arn:aws:s3:::b/*red/k*k',
  'arn:aws:s3:::b/${}',
  'arn:aws:s3:::b/${$}{aws:x}',
  'arn:aws:s3',
]

type Options = readonly (string | readonly string[] | undefined)[]

/** What requests may bring for each key, the plainest first. */
const KEYS: Readonly<Record<string, Options>> = {
  'aws:PrincipalTag/team': ['red', 'blue', 'r*d', undefined, 'Red'],
  'aws:PrincipalTag/empty': ['', undefined],
  'aws:TagKeys': [['team'], ['team', 'cost'], [], undefined, ['']],
  'aws:PrincipalOrgID': ['o-1', '', undefined],
  'aws:SourceIp': ['10.1.2.3', '192.168.0.1', '2001:db8::1', undefined, 'nowhere'],
  'aws:CurrentTime': ['2026-01-01T00:00:00Z', '2026-06-01T12:30:00Z', undefined],
  'aws:EpochTime': ['1767225600', '1780317000', undefined],
  'aws:SecureTransport': ['true', 'false', undefined, 'TRUE'],
  's3:max-keys': ['10', '9.5', '1e1', undefined, '12abc', '-0', '-5'],
  'aws:PrincipalArn': [ROLE, USER, undefined, 'no-arn', `arn:aws:iam::${AWAY}:role/x:y`],
  'aws:PrincipalAccount': [HOME, AWAY, undefined],
  [`${ISSUER}:sub`]: ['system:serviceaccount:shop:orders', 'system:serviceaccount:shop:other', undefined],
}

const STRINGS = [
  'red',
  '${aws:PrincipalTag/team}',
  'r*d',
  'r${*}d',
  'RED',
  'blue',
  '',
  '*',
  'team',
  'system:serviceaccount:shop:*',
  "${aws:PrincipalTag/none, 'red'}",
  '${aws:PrincipalTag/none}',
  '${aws:TagKeys}',
  '?ed',
  "${aws:PrincipalTag/none,'red'}",
  'r?d',
  'c*',
]
const NUMBERS = ['10', 10, '9.5', 9.5, '1e1', '-3', '10.0', '0', '-4.5']
const DATES = [
  '2026-01-01T00:00:00Z',
  '2026-06-01',
  '1767225600',
  1767225600,
  '2026-01-01T01:00:00+01:00',
  '4102444800',
]
const BOOLS = ['true', true, 'false', false, 'True', '${aws:SecureTransport}']
const NETWORKS = ['10.0.0.0/8', '10.1.2.3', '0.0.0.0/0', '192.168.0.1/32', '2001:db8::/32', '::/0', '10.1.2.77/24']
const ARNS = [
  ROLE,
  'arn:aws:iam::*:role/*',
  'arn:aws:iam::${aws:PrincipalAccount}:role/*',
  '*',
  'arn:aws:iam::111122223333:*',
  '${aws:PrincipalArn}',
  'arn:aws:*:role/*',
  'no-arn',
  'arn:aws:iam::${aws:PrincipalTag/none}:role/*',
  'arn:aws:iam::?????????????:role/*',
  'arn:*:*:*:*:*',
]

const FAMILIES: readonly {
  readonly operators: readonly string[]
  readonly wishes: readonly unknown[]
  readonly keys: readonly string[]
}[] = [
  {
    operators: [
      'StringEquals',
      'StringNotEquals',
      'StringLike',
      'StringNotLike',
      'StringEqualsIgnoreCase',
      'StringNotEqualsIgnoreCase',
      'BinaryEquals',
    ],
    wishes: STRINGS,
    keys: [
      'aws:PrincipalTag/team',
      'aws:TagKeys',
      'aws:PrincipalOrgID',
      'aws:PrincipalTag/empty',
      `${ISSUER}:sub`,
      'AWS:principaltag/TEAM',
      'aws:SourceIp',
    ],
  },
  {
    operators: [
      'NumericEquals',
      'NumericNotEquals',
      'NumericLessThan',
      'NumericLessThanEquals',
      'NumericGreaterThan',
      'NumericGreaterThanEquals',
    ],
    wishes: NUMBERS,
    keys: ['s3:max-keys', 'aws:TagKeys', 'aws:EpochTime'],
  },
  {
    operators: [
      'DateEquals',
      'DateNotEquals',
      'DateLessThan',
      'DateLessThanEquals',
      'DateGreaterThan',
      'DateGreaterThanEquals',
    ],
    wishes: DATES,
    keys: ['aws:CurrentTime', 'aws:EpochTime', 'aws:PrincipalOrgID'],
  },
  { operators: ['Bool'], wishes: BOOLS, keys: ['aws:SecureTransport', 'aws:PrincipalTag/team'] },
  { operators: ['IpAddress', 'NotIpAddress'], wishes: NETWORKS, keys: ['aws:SourceIp', 'aws:TagKeys'] },
  {
    operators: ['ArnLike', 'ArnNotLike', 'ArnEquals', 'ArnNotEquals'],
    wishes: ARNS,
    keys: ['aws:PrincipalArn', 'aws:PrincipalTag/team', 'aws:TagKeys'],
  },
  {
    operators: ['Null'],
    wishes: ['true', 'false', true, false],
    keys: ['aws:PrincipalTag/team', 'aws:TagKeys', 'aws:PrincipalTag/empty', 'aws:Nothing'],
  },
]

const NAMED: readonly NonNullable<RawStatement['Principal']>[] = [
  { AWS: '*' },
  '*',
  { AWS: ROLE },
  { AWS: SESSION },
  { AWS: USER },
  { AWS: HOME },
  { AWS: `arn:aws:iam::${HOME}:root` },
  { Federated: PROVIDER },
  { AWS: AWAY },
  { Service: 's3.amazonaws.com' },
  { AWS: ['AROAAAAAAAAAAAAAAAAAA', AWAY] },
  { AWS: 'AIDAAAAAAAAAAAAAAAAAA', Federated: PROVIDER },
  { CanonicalUser: 'a'.repeat(64) },
  { AWS: [ROLE, HOME] },
]

/** One request with all its policies, chosen so that about every second dimension matches. */
export function randomRequest(tape: Tape): RawRequest {
  const kind = tape(4) === 1 ? 'trust' : tape(3) === 1 ? 'key' : 'ordinary'
  const own = () => randomDocument(tape, 'own')
  const some = <T>(most: number, make: () => T) => Array.from({ length: tape(most + 1) }, make)
  const levels = (written: DocumentKind) => some(2, () => some(2, () => randomDocument(tape, written)))
  return askAgain(tape, {
    resourcePolicyKind: kind,
    identity: some(2, own),
    ...(tape(4) === 1 ? { boundary: own() } : {}),
    ...(tape(4) === 1 ? { session: some(2, own) } : {}),
    ...(tape(3) > 0 ? { resourcePolicy: randomDocument(tape, kind === 'trust' ? 'trust' : 'foreign') } : {}),
    ...(tape(6) === 1 ? { serviceControl: levels('own') } : {}),
    ...(tape(6) === 1 ? { resourceControl: levels('control') } : {}),
    ...(tape(12) === 1 ? { endpoint: randomDocument(tape, 'foreign') } : {}),
  })
}

type Asked = 'principal' | 'action' | 'resource' | 'resourceAccount' | 'values'

/** The same policies, asked about something else. */
export function askAgain(tape: Tape, policies: Omit<RawRequest, Asked>): RawRequest {
  const choose = <T>(items: readonly T[]): T => items[tape(items.length)] as T
  const isTrust = policies.resourcePolicyKind === 'trust'
  const values: Record<string, string | readonly string[]> = {}
  for (const [key, options] of Object.entries(KEYS)) {
    const value = choose(options)
    if (value !== undefined) values[key] = value
  }
  return {
    ...policies,
    // The first two, a session and a user, are what most rules are about.
    principal: tape(2) === 0 ? choose(PRINCIPALS.slice(0, 2)) : choose(PRINCIPALS),
    action: isTrust ? choose(ACTIONS.slice(2, 4)) : choose(ACTIONS),
    resource: isTrust ? ROLE : choose(RESOURCES),
    resourceAccount: tape(3) === 1 ? AWAY : HOME,
    values,
  }
}

type DocumentKind = 'own' | 'foreign' | 'trust' | 'control'

export function randomDocument(tape: Tape, kind: DocumentKind): RawDocument {
  const Version = [undefined, '2012-10-17', '2012-10-17', '2012-10-17', '2008-10-17'][1 + tape(4)]
  // Sometimes many: then the index over resources has branches.
  const count = tape(8) === 1 ? 4 + tape(12) : 1 + tape(3)
  const statements = Array.from({ length: count }, () => randomStatement(tape, kind))
  return { ...(Version === undefined || tape(9) === 8 ? {} : { Version }), Statement: statements }
}

function randomStatement(tape: Tape, kind: DocumentKind): RawStatement {
  const choose = <T>(items: readonly T[]): T => items[tape(items.length)] as T
  const some = <T>(items: readonly T[]): T | readonly T[] =>
    tape(2) === 0 ? choose(items) : Array.from({ length: 1 + tape(3) }, () => choose(items))
  const Effect = kind === 'control' ? 'Deny' : choose(['Allow', 'Allow', 'Allow', 'Deny'] as const)
  const isNot = (odds: number) => kind !== 'trust' && kind !== 'control' && tape(odds) === 1
  const actions = some(
    kind === 'trust' ? TRUST_PATTERNS : kind === 'control' ? ACTION_PATTERNS.slice(1, 4) : ACTION_PATTERNS,
  )
  const action = isNot(8) ? { NotAction: actions } : { Action: actions }
  const resource =
    kind === 'trust' ? {} : isNot(8) ? { NotResource: some(RESOURCE_PATTERNS) } : { Resource: some(RESOURCE_PATTERNS) }
  return { Effect, ...principalFor(tape, kind, Effect), ...action, ...resource, ...randomCondition(tape) }
}

function principalFor(
  tape: Tape,
  kind: DocumentKind,
  effect: string,
): Pick<RawStatement, 'Principal' | 'NotPrincipal'> {
  if (kind === 'own') return {}
  if (kind === 'control') return { Principal: '*' }
  const named = NAMED[tape(NAMED.length)]!
  if (kind === 'trust') return { Principal: named === '*' ? { AWS: '*' } : named }
  return effect === 'Deny' && tape(4) === 1 ? { NotPrincipal: named } : { Principal: named }
}

function randomCondition(tape: Tape): Pick<RawStatement, 'Condition'> {
  const choose = <T>(items: readonly T[]): T => items[tape(items.length)] as T
  const count = tape(3)
  if (count === 0) return {}
  const block: Record<string, Record<string, unknown>> = {}
  for (let index = 0; index < count; index += 1) {
    const { operators, wishes, keys } = choose(FAMILIES)
    const plain = choose(operators)
    const suffix = plain !== 'Null' && tape(4) === 1 ? 'IfExists' : ''
    const operator = `${choose(['', '', 'ForAllValues:', 'ForAnyValue:', 'forAnyValue:'])}${plain}${suffix}`
    const wanted = tape(2) === 0 ? choose(wishes) : Array.from({ length: tape(4) }, () => choose(wishes))
    block[operator] = { ...block[operator], [choose(keys)]: wanted }
  }
  return { Condition: block }
}
