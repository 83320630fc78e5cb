import { parseAccountId, parseArn } from '../../../../core/index.ts'
import type { ContextKeys } from '../../../../standards/policy/index.ts'
import { parseIamArn } from '../../../identity/index.ts'
import type { Requirement } from '../../../operation.ts'
import { contextKeyNames } from '../context-key-names.ts'
import { readSimulatedPolicy } from '../documents.ts'
import { badActionName, callerWanted, severalBoundaries } from '../errors.ts'
import type { IamParts, Operations, PageInput, Scope } from '../model.ts'
import { pageOf } from '../paging.ts'
import { getPolicySource, type PolicySource, userPrincipal } from '../policy-source.ts'
import { may, reading } from '../row.ts'
import { type SourcedPolicy, simulate } from '../simulation.ts'

interface ContextEntry {
  readonly ContextKeyName?: string
  readonly ContextKeyValues?: readonly string[]
  readonly ContextKeyType?: string
}
interface SimulateInput extends PageInput {
  readonly PolicyInputList?: readonly string[]
  readonly PermissionsBoundaryPolicyInputList?: readonly string[]
  readonly ActionNames: readonly string[]
  readonly ResourceArns?: readonly string[]
  readonly ResourcePolicy?: string
  readonly ResourceOwner?: string
  readonly CallerArn?: string
  readonly ContextEntries?: readonly ContextEntry[]
}
interface SourceInput {
  readonly PolicySourceArn: string
  readonly PolicyInputList?: readonly string[]
}

/** Imagined requests, decided by the same engine as the real ones. */
export function simulatePolicies(parts: IamParts): Operations {
  const { identity } = parts
  const onSource = (action: string) => (input: SourceInput, scope: Scope) => [
    may(scope, action, { arn: input.PolicySourceArn }),
  ]
  const onNothing =
    (action: string) =>
    (_input: object, scope: Scope): readonly Requirement[] => [may(scope, action, { arn: '*' })]
  return {
    SimulatePrincipalPolicy: reading<SimulateInput & SourceInput>(parts, {
      requires: onSource('SimulatePrincipalPolicy'),
      perform: (input, scope) =>
        simulateAll(parts, { input, scope, source: getPolicySource(identity, input.PolicySourceArn) }),
    }),
    SimulateCustomPolicy: reading<SimulateInput>(parts, {
      requires: onNothing('SimulateCustomPolicy'),
      perform: (input, scope) => simulateAll(parts, { input, scope, source: sourceOf(scope) }),
    }),
    GetContextKeysForPrincipalPolicy: reading<SourceInput>(parts, {
      requires: onSource('GetContextKeysForPrincipalPolicy'),
      perform: ({ PolicySourceArn, PolicyInputList }) => {
        const { policies } = getPolicySource(identity, PolicySourceArn)
        return renderNames([...policies, ...readInputs('PolicyInputList', PolicyInputList)])
      },
    }),
    GetContextKeysForCustomPolicy: reading<{ readonly PolicyInputList: readonly string[] }>(parts, {
      requires: onNothing('GetContextKeysForCustomPolicy'),
      perform: ({ PolicyInputList }) => renderNames(readInputs('PolicyInputList', PolicyInputList)),
    }),
  }
}

const renderNames = (sources: readonly SourcedPolicy[]) => ({
  ContextKeyNames: contextKeyNames(sources.map(({ policy }) => policy)),
})

/** Somebody of the account, with no policy but those of the request. */
function sourceOf({ account, partition }: Scope): PolicySource {
  const arn = `arn:${partition}:iam::${account}:user/`
  return { policies: [], principal: userPrincipal({ account, arn, uniqueId: '' }), keys: new Map() }
}

interface Asked {
  readonly input: SimulateInput
  readonly scope: Scope
  readonly source: PolicySource
}

function simulateAll({ identity }: IamParts, { input, scope, source }: Asked) {
  const { ActionNames, ResourceArns = ['*'], ResourcePolicy, CallerArn } = input
  if (ActionNames.some((action) => !/^[\w-]+:[\w*?-]+$/.test(action))) throw badActionName()
  if (ResourcePolicy !== undefined && CallerArn === undefined && source.keys.get('aws:username') === undefined)
    throw callerWanted()
  const [boundary = source.boundary, ...more] = readInputs(
    'PermissionsBoundaryPolicyInputList',
    input.PermissionsBoundaryPolicyInputList,
  )
  if (more.length > 0) throw severalBoundaries()
  const simulation = {
    principal: CallerArn === undefined ? source.principal : callerOf(identity, scope, CallerArn),
    identity: [...source.policies, ...readInputs('PolicyInputList', input.PolicyInputList)],
    ...(boundary === undefined ? {} : { boundary }),
    ...(ResourcePolicy === undefined ? {} : { resource: readResourcePolicy(ResourcePolicy) }),
    keys: contextOf(source, input.ContextEntries ?? []),
  }
  const imagined = ActionNames.flatMap((action) =>
    ResourceArns.map((resource) => ({ action, resource, resourceAccount: ownerOf(input, resource) ?? scope.account })),
  )
  const placed = imagined.map((request, place) => ({ request, place: String(place).padStart(6, '0') }))
  const { items, more: next } = pageOf(placed, ({ place }) => place, input)
  return { EvaluationResults: items.map(({ request }) => simulate(simulation, request)), ...next }
}

/** @throws ApiError InvalidInput */
function readInputs(list: string, texts: readonly string[] = []): readonly SourcedPolicy[] {
  return texts.map((text, index) => {
    const sourceId = `${list}.${index + 1}`
    return { policy: { name: sourceId, document: readSimulatedPolicy(text, 'identity') }, sourceId, sourceType: 'none' }
  })
}

function readResourcePolicy(text: string): SourcedPolicy {
  const sourceId = 'ResourcePolicy'
  return {
    policy: { name: sourceId, document: readSimulatedPolicy(text, 'resource') },
    sourceId,
    sourceType: 'resource',
  }
}

function callerOf(identity: IamParts['identity'], { account }: Scope, arn: string) {
  const user = identity.findUserByArn(arn)
  if (user !== undefined) return userPrincipal(user)
  return userPrincipal({ account: parseAccountId(parseIamArn(arn)?.account ?? '') ?? account, arn, uniqueId: '' })
}

/** What the request says, and what follows from who is imagined; the request wins. */
function contextOf({ keys }: PolicySource, entries: readonly ContextEntry[]): ContextKeys {
  const said = new Map(
    entries.map(({ ContextKeyName: name = '', ContextKeyValues: values = [], ContextKeyType: type = 'string' }) => [
      name.toLowerCase(),
      type.endsWith('List') ? values : (values[0] ?? ''),
    ]),
  )
  return { get: (key) => said.get(key) ?? keys.get(key) }
}

function ownerOf({ ResourceOwner: owner }: SimulateInput, resource: string) {
  const text = owner === undefined ? parseArn(resource)?.account : (parseArn(owner)?.account ?? owner)
  return parseAccountId(text ?? '')
}
