import type { JsonObject, JsonValue, Randomness } from '../../core/index.ts'
import { decideMutation, type IdentityLookup, type MutationDecision, type WebhookSettings } from '../webhook/index.ts'
import type { Drift } from './model.ts'

export interface DriftCircumstances {
  readonly lookup: IdentityLookup
  readonly settings: WebhookSettings
  readonly randomness: Randomness
}

/**
 * What a running pod lacks, by the webhook's own judgement: were it created now, what would be added to it? Undefined: nothing, or it has
 * no identity. What came by `envFrom` is not seen, as by the webhook.
 */
export function findDrift(pod: JsonObject, circumstances: DriftCircumstances): Drift | undefined {
  const { lookup, randomness } = circumstances
  const settings = { ...circumstances.settings, compatibility: new Set<never>() }
  const decision = decideMutation(pod, lookup, { settings, randomness })
  if (decision.method === undefined) return undefined
  const roleArn = decision.auditAnnotations['role-arn'] ?? ''
  const missing = containersWithout(pod, decision)
  if (missing.length > 0) {
    const message = `${listed(missing)} without credentials${forRole(roleArn)}: created before its service account had the role, or while the webhook was away`
    return { finding: 'missing', containers: missing, roleArn, message }
  }
  const [blocked] = decision.warnings.filter(isBlocking)
  if (blocked !== undefined)
    return {
      finding: 'blocked',
      containers: [],
      roleArn,
      message: `without credentials${forRole(roleArn)}: ${blocked.text}`,
    }
  return findOtherRole(pod, roleArn)
}

/** The pair of variables of either identity: a container that would get one of them has none. */
const CREDENTIALS: ReadonlySet<string> = new Set([
  'AWS_ROLE_ARN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
])

const ENV_PATH = /^\/spec\/(initContainers|containers)\/(\d+)\/env(\/-)?$/

function containersWithout(pod: JsonObject, { operations }: MutationDecision): readonly string[] {
  const names = operations.flatMap(({ path, value }) => {
    const [, list, index] = ENV_PATH.exec(path) ?? []
    if (list === undefined || !listOf(value).some((variable) => CREDENTIALS.has(textOf(variable.name)))) return []
    const container = listOf(objectOf(pod.spec)?.[list])[Number(index)]
    // An init container that has ended needs nothing any more, unless it is a sidecar, which never ends.
    const isRunning = list === 'containers' || container?.restartPolicy === 'Always'
    return isRunning ? [textOf(container?.name)] : []
  })
  return [...new Set(names)]
}

/** Does the warning say that a container gets no credentials? */
export function isBlocking({ code, text }: MutationDecision['warnings'][number]): boolean {
  if (code === 'mount-path-taken' || code === 'volume-name-taken') return true
  return code === 'half-set-group' && [...CREDENTIALS].some((name) => text.includes(name))
}

/** What the webhook's own volume goes with was set by the webhook; a role set by hand is somebody's wish. */
function findOtherRole(pod: JsonObject, roleArn: string): Drift | undefined {
  const others = containersOf(pod).filter((container) => {
    const isMounted = listOf(container.volumeMounts).some(({ name }) => name === 'aws-iam-token')
    const role = listOf(container.env).find(({ name }) => name === 'AWS_ROLE_ARN')?.value
    return isMounted && role !== undefined && role !== roleArn
  })
  if (roleArn === '' || others.length === 0) return undefined
  const containers = others.map(({ name }) => textOf(name))
  const message = `${listed(containers)} with the role of before; its service account has the role ${roleArn} now`
  return { finding: 'other-role', containers, roleArn, message }
}

const containersOf = (pod: JsonObject): readonly JsonObject[] => listOf(objectOf(pod.spec)?.containers)

const listed = (names: readonly string[]): string =>
  `${names.length === 1 ? 'container' : 'containers'} ${names.join(', ')}`

const forRole = (roleArn: string): string => (roleArn === '' ? '' : ` for the role ${roleArn}`)

function listOf(value: JsonValue | undefined): readonly JsonObject[] {
  const list = Array.isArray(value) ? (value as readonly JsonValue[]) : [value]
  return list.map(objectOf).filter((entry) => entry !== undefined)
}

function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
}

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')
