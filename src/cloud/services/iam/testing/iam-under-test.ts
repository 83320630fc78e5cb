import { type AccountId, instant, type Region, Secret } from '../../../../core/index.ts'
import { fixedClock, seededRandomness } from '../../../../core/testing/fixed.ts'
import { openSqliteStore, type Store } from '../../../../io/store/index.ts'
import { createIdentity, type Identity, type LastUses, openLastUses } from '../../../identity/index.ts'
import type { ApiCall, Principal, Requirement, Service } from '../../../operation.ts'
import { createIam, type ThumbprintSource } from '../index.ts'

export const ACCOUNT = '111122223333' as AccountId
export const OTHER = '444455556666' as AccountId
/** Not of this installation. */
export const FOREIGN = '999999999999' as AccountId
const REGION = 'us-east-1' as Region
export const START = Date.parse('2026-03-01T12:00:00Z')
export const THUMBPRINT = '9e99a48a9960b14926bb7f3b02e22da2b0ab7280'

export const userOf = (account: AccountId, userName = 'alice'): Principal => ({
  kind: 'iam-user',
  account,
  partition: 'aws',
  arn: `arn:aws:iam::${account}:user/${userName}`,
  userId: 'AIDAEXAMPLE',
  userName,
  accessKeyId: 'AKIAEXAMPLE',
})

/** A document that lets whom it names assume the role. */
export const trustOf = (principal: unknown): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
  })
export const TRUST = trustOf({ AWS: `arn:aws:iam::${ACCOUNT}:root` })
export const allowing = (action: string): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] })
/** A valid policy whose size is that many characters. */
export function policyOfSize(size: number): string {
  const empty = allowing('s3:')
  return allowing(`s3:${'a'.repeat(size - empty.length)}`)
}
export function trustOfSize(size: number): string {
  const sid = (letters: string) => TRUST.replace('{"Effect"', `{"Sid":"${letters}","Effect"`)
  return sid('a'.repeat(size - sid('').length))
}

/** IAM over a store in memory, called as the gateway calls it: check the input, requires, perform. */
export interface IamUnderTest {
  readonly iam: Service
  readonly identity: Identity
  readonly uses: LastUses
  readonly clock: ReturnType<typeof fixedClock>
  ask(operation: string, input?: Record<string, unknown>, principal?: Principal): Promise<Record<string, unknown>>
  requirements(
    operation: string,
    input?: Record<string, unknown>,
    principal?: Principal,
  ): Promise<readonly Requirement[]>
  /** Another service over the same store, as after a restart. */
  restart(): Promise<IamUnderTest>
  close(): Promise<void>
}

const reachable: ThumbprintSource = { find: async () => THUMBPRINT, permits: () => true }

export async function openIam(thumbprints: ThumbprintSource = reachable): Promise<IamUnderTest> {
  return await assemble(await openSqliteStore(':memory:'), thumbprints)
}

let opened = 0

async function assemble(store: Store, thumbprints: ThumbprintSource): Promise<IamUnderTest> {
  opened += 1
  const clock = fixedClock(START)
  const randomness = seededRandomness(`iam ${opened}`)
  const storeKey = new Secret(new Uint8Array(32).fill(7))
  const identity = await createIdentity({
    store,
    storeKey,
    accounts: [ACCOUNT, OTHER],
    region: REGION,
    clock,
    randomness,
  })
  const uses = await openLastUses({ store, clock, log: { warn: () => undefined } })
  const iam = createIam({ identity, uses, thumbprints, clock, randomness, region: REGION })
  const rowOf = (operation: string) => {
    const row = iam.operations[operation]
    if (row === undefined) throw new Error(`no operation ${operation}`)
    return row
  }
  return {
    iam,
    identity,
    uses,
    clock,
    requirements: async (operation, input = {}, principal = userOf(ACCOUNT)) =>
      rowOf(operation).requires(input, principal, callOf(operation, input)),
    ask: async (operation, input = {}, principal = userOf(ACCOUNT)) => {
      iam.model.checkInput(operation, input)
      const call = callOf(operation, input)
      await rowOf(operation).requires(input, principal, call)
      const { output } = await rowOf(operation).perform(call, principal, [])
      await checkAnswer(iam, operation, output)
      return output
    },
    restart: () => assemble(store, thumbprints),
    close: () => store.close(),
  }
}

/** Every member of an answer must reach the wire: the encoder leaves out what the model does not know. */
async function checkAnswer({ model }: Service, name: string, output: Record<string, unknown>): Promise<void> {
  const head = { method: 'POST', path: '/', query: '', headers: [] }
  const { body } = await model.encodeOutput({ name, labels: {} }, head, output, 'r')
  const xml = Buffer.from(body as Uint8Array).toString('utf8')
  for (const member of membersOf(output))
    if (!xml.includes(`<${member}>`) && !xml.includes(`<${member}/>`) && !xml.includes(`<key>${member}</key>`))
      throw new Error(`${name} answers ${member}, which is not in the model`)
}

function membersOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(membersOf)
  if (typeof value !== 'object' || value === null || value instanceof Date) return []
  return Object.entries(value).flatMap(([name, member]) => (member === undefined ? [] : [name, ...membersOf(member)]))
}

function callOf(operation: string, input: Record<string, unknown>): ApiCall {
  return {
    service: 'iam',
    operation,
    region: REGION,
    requestId: 'r',
    time: instant(START),
    origin: { sourceIp: '127.0.0.1', userAgent: 'test', host: '127.0.0.1', isTls: false },
    headers: [],
    input,
  }
}
