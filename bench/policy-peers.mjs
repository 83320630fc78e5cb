// Two other engines for the policies of this bench, each by the way its documentation shows for many decisions on the same policies.
// Development dependencies: nothing in src imports them.
import { createRequire } from 'node:module'
import { setFlagsFromString } from 'node:v8'
import { runUnsafeSimulation } from '@cloud-copilot/iam-simulate'

// Node 20 ends with a fatal error (`unreachable code` in V8's deoptimizer) when it has inlined calls from JavaScript into WebAssembly.
setFlagsFromString('--no-turbo-inline-js-wasm-calls')
const cedar = createRequire(import.meta.url)('@cedar-policy/cedar-wasm/nodejs')
const list = (value) => (Array.isArray(value) ? value : [value])

/** The same IAM policy, by its fastest public call: the one that leaves out the checks of its input. It reads the policies on every call. */
export function iamSimulateEvaluator(text, asked) {
  const identityPolicies = [{ name: 'bench', policy: JSON.parse(text) }]
  return ({ action, resource }) => {
    const request = {
      principal: asked.principal,
      action,
      resource: { resource, accountId: asked.resource.accountId },
      contextVariables: asked.context,
    }
    const organization = { serviceControlPolicies: [], resourceControlPolicies: [] }
    return runUnsafeSimulation({ request, identityPolicies, ...organization }, {}) === 'Allowed'
  }
}

/** The policy in Cedar's language, parsed once. */
export function cedarEvaluator(text, asked) {
  const policies = JSON.parse(text)
    .Statement.map((statement) => cedarPolicy(statement, asked.context))
    .join('\n')
  const id = `bench-${policies.length}`
  const parsed = cedar.preparsePolicySet(id, { staticPolicies: policies })
  if (parsed.type !== 'success') throw new Error(JSON.stringify(parsed))
  return ({ action, resource }) => {
    const answer = cedar.statefulIsAuthorized({
      principal: { type: 'Role', id: asked.context['aws:PrincipalArn'] },
      action: { type: 'Action', id: action },
      resource: { type: 'Resource', id: 'asked' },
      context: { ...asked.context, action, arn: resource },
      preparsedPolicySetId: id,
      entities: [],
    })
    if (answer.type !== 'success') throw new Error(JSON.stringify(answer))
    return answer.response.decision === 'allow'
  }
}

/** Cedar has neither wildcards in actions nor variables in patterns: the first are compared as text, the second replaced beforehand. */
function cedarPolicy({ Effect, Action, Resource, Condition = {} }, context) {
  const actions = list(Action)
  const isFixed = !actions.some((pattern) => pattern.includes('*'))
  const scope = isFixed ? `action in [${actions.map((name) => `Action::${quote(name)}`).join(', ')}]` : 'action'
  const resolved = list(Resource).map((pattern) => pattern.replaceAll(/\$\{([^}]+)\}/g, (_, key) => context[key]))
  const conditions = Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]) => CONDITIONS[operator](`context[${quote(key)}]`, list(wanted), key)),
  )
  const clauses = [...(isFixed ? [] : [anyLike('context.action', actions)]), anyLike('context.arn', resolved)]
  const when = [...clauses, ...conditions].map((clause) => `(${clause})`).join(' && ')
  return `${Effect === 'Deny' ? 'forbid' : 'permit'}(principal, ${scope}, resource) when { ${when} };`
}

const quote = (text) => JSON.stringify(text)
const has = (key) => `context has ${quote(key)}`
const anyLike = (found, patterns) => patterns.map((pattern) => `${found} like ${quote(pattern)}`).join(' || ')
const equals = (found, wanted, key) => `${has(key)} && [${wanted.map(quote).join(', ')}].contains(${found})`
const like = (found, wanted, key) => `${has(key)} && (${anyLike(found, wanted)})`

/** What the policies of this bench use, and no more. */
const CONDITIONS = {
  StringEquals: equals,
  Bool: equals,
  StringLike: like,
  ArnLike: like,
  StringNotEqualsIfExists: (found, [wanted], key) => `!(${has(key)}) || ${found} != ${quote(wanted)}`,
  NumericLessThanEquals: (found, [wanted], key) => `${has(key)} && ${found} <= ${wanted}`,
  DateGreaterThan: (found, [wanted], key) => `${has(key)} && datetime(${found}) > datetime(${quote(wanted)})`,
  IpAddress: (found, wanted, key) =>
    `${has(key)} && (${wanted.map((range) => `ip(${found}).isInRange(ip(${quote(range)}))`).join(' || ')})`,
  // The request of this bench has no tag keys; Cedar cannot compare the members of a set by pattern.
  'ForAnyValue:StringLike': (found, wanted, key) =>
    `${has(key)} && ${found}.containsAny([${wanted.map(quote).join(', ')}])`,
}
