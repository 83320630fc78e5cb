import { ConfigError, isNamespaceName, type JsonObject } from '../../core/index.ts'
import type { KubernetesObject } from '../manifest/index.ts'
import { isAnyAccount, type LabelSelector, parseLabelSelector } from './label-selector.ts'
import { LABELS, NAME } from './names.ts'
import { NOT_A_MIRROR, selectors } from './webhook-configuration.ts'

export interface GuardOptions {
  /** Which service accounts are guarded, in kubectl's words (`team=shop,stage!=test`); the empty text is all of them. */
  readonly selector: string
  readonly excludedNamespaces: readonly string[]
  /** Domain of the annotations, as `openirsa webhook serve --annotation-prefix` has it. */
  readonly annotationPrefix: string
}

/**
 * A policy of the API server itself, and its binding, that refuse a pod whose service account names a role when one of its
 * containers would start without credentials for it: what the webhook lets through under Ignore, and what it never saw.
 *
 * It cannot see roles that are given in the ConfigMap or through container credentials alone, nor variables that come by `envFrom`.
 * It is evaluated once for each service account of the pod's namespace that the selector picks.
 * @throws ConfigError for a selector, namespace or prefix that Kubernetes would not take
 */
export function planGuard(options: GuardOptions): readonly KubernetesObject[] {
  const { excludedNamespaces, annotationPrefix } = options
  for (const name of excludedNamespaces)
    if (!isNamespaceName(name)) throw new ConfigError(`\`${name}\` cannot be a namespace`)
  // INVARIANT: nothing of it can end a string of the expressions below.
  if (annotationPrefix.length > 253 || !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(annotationPrefix))
    throw new ConfigError(`\`${annotationPrefix}\` cannot be the domain of annotations`)
  const selector = parseLabelSelector(options.selector)
  const metadata = { name: `${NAME}-guard`, labels: LABELS }
  const apiVersion = 'admissionregistration.k8s.io/v1'
  return [
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        failurePolicy: 'Fail',
        paramKind: { apiVersion: 'v1', kind: 'ServiceAccount' },
        matchConstraints: { resourceRules: [PODS], ...selectors(excludedNamespaces) },
        matchConditions: [concernsAccount(annotationPrefix)],
        variables: variables(annotationPrefix),
        validations: [{ expression: 'size(variables.bare) == 0', reason: 'Forbidden', messageExpression: MESSAGE }],
      },
    },
    { apiVersion, kind: 'ValidatingAdmissionPolicyBinding', metadata, spec: binding(metadata.name, selector) },
  ]
}

const PODS = {
  apiGroups: [''],
  apiVersions: ['v1'],
  operations: ['CREATE'],
  resources: ['pods'],
  scope: 'Namespaced',
} as const

function binding(policyName: string, selector: LabelSelector): JsonObject {
  return {
    policyName,
    validationActions: ['Deny'],
    paramRef: {
      selector,
      // Every namespace has a service account. None at all means that the API server has not seen it yet; none picked, that nothing is guarded.
      parameterNotFoundAction: isAnyAccount(selector) ? 'Deny' : 'Allow',
    },
  }
}

const annotation = (object: string, key: string): string => `${object}.metadata.?annotations[?'${key}'].orValue('')`

/**
 * The policy is asked once for each account, which is what it costs: all but the pod's own are done with after one comparison. API servers evaluate
 * every condition of a list, so that this is one.
 */
const concernsAccount = (prefix: string) => ({
  name: 'pod-of-a-service-account-with-a-role',
  expression: [
    "params.metadata.name == object.spec.?serviceAccountName.orValue('default')",
    `${annotation('params', `${prefix}/role-arn`)}.trim() != ''`,
    `(${NOT_A_MIRROR.expression})`,
  ].join(' && '),
})

const named = (variable: string): string => `c.?env.orValue([]).exists(e, e.name == '${variable}')`

/** Either pair is enough, whoever set it: the webhook leaves alone what is there. Half of one is none: SDKs need both. */
const CREDENTIALS = [
  ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'],
  ['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'],
]
  .map((pair) => `(${pair.map(named).join(' && ')})`)
  .join(' || ')

const variables = (prefix: string) => [
  {
    name: 'skipped',
    // One record of comma-separated values, whose quotes no container's name can hold.
    expression: `${annotation('object', `${prefix}/skip-containers`)}.replace('"', '').split(',').map(name, name.trim())`,
  },
  { name: 'containers', expression: 'object.spec.containers + object.spec.?initContainers.orValue([])' },
  {
    name: 'bare',
    expression: `variables.containers.filter(c, !(c.name in variables.skipped) && !(${CREDENTIALS})).map(c, c.name)`,
  },
  { name: 'role', expression: annotation('params', `${prefix}/role-arn`) },
]

const MESSAGE = [
  "'service account ' + params.metadata.namespace + '/' + params.metadata.name + ' is to have the role ' + variables.role",
  "', but these containers would start without its credentials: ' + variables.bare.join(', ')",
  "'; is the webhook running? Label the pod eks.amazonaws.com/skip-pod-identity-webhook to let it in without'",
].join(' + ')
