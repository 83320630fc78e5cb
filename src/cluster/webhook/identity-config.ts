import {
  isNamespaceName,
  isObjectName,
  type JsonObject,
  type JsonValue,
  type ServiceAccountRef,
} from '../../core/index.ts'
import type { CompatibilitySwitch } from './compatibility.ts'
import type { ConfigMapIdentity } from './model.ts'
import { isObject, member } from './raw-json.ts'
import { quote } from './warnings.ts'

/** The ConfigMap's entries by their key. */
export type IdentityConfig = ReadonlyMap<string, ConfigMapIdentity>

export interface ParsedIdentityConfig {
  /** Undefined: the text is not a JSON object at all; whoever has an older one keeps it. */
  readonly identities: IdentityConfig | undefined
  /** One line each, for the log and a metric. */
  readonly warnings: readonly string[]
}

/** The entry of the service account: its own, or else that of its name in every namespace. */
export function findConfigMapIdentity(config: IdentityConfig, ref: ServiceAccountRef): ConfigMapIdentity | undefined {
  return config.get(`${ref.namespace}/${ref.name}`) ?? config.get(`*/${ref.name}`)
}

/** In ConfigMap mode: the text of the key `config`. Never throws; an entry that cannot be used is left out, with a warning. */
export function parseIdentityConfig(
  text: string,
  compatibility: ReadonlySet<CompatibilitySwitch>,
): ParsedIdentityConfig {
  const document = readDocument(text)
  if (document === undefined) return { identities: undefined, warnings: ['the ConfigMap is not a JSON object'] }
  const identities = new Map<string, ConfigMapIdentity>()
  const warnings: string[] = []
  for (const key of Object.keys(document)) {
    const entry = readEntry(key, member(document, key))
    if (typeof entry === 'string') warnings.push(`the ConfigMap's entry ${quote(key)} is not used: ${entry}`)
    else identities.set(key, entry)
  }
  const isRefused = compatibility.has('whole-config-map') && identities.size < Object.keys(document).length
  return { identities: isRefused ? undefined : identities, warnings }
}

function readDocument(text: string): JsonObject | undefined {
  try {
    const document: unknown = JSON.parse(text)
    return isObject(document) ? document : undefined
  } catch {
    return undefined
  }
}

/** The entry, or why it cannot be used. */
function readEntry(key: string, value: JsonValue | undefined): ConfigMapIdentity | string {
  const [namespace = '', name = '', ...more] = key.split('/')
  if (more.length > 0 || (namespace !== '*' && !isNamespaceName(namespace)) || !isObjectName(name)) {
    return 'its key is neither `NAMESPACE/NAME` nor `*/NAME`'
  }
  if (!isObject(value)) return 'it is not an object'
  const roleArn = field(value, 'RoleARN') ?? ''
  const audience = field(value, 'Audience') ?? ''
  const usesRegionalSts = field(value, 'UseRegionalSTS') ?? false
  const tokenExpirationSeconds = field(value, 'TokenExpiration') ?? 0
  if (typeof roleArn !== 'string') return 'RoleARN is not a string'
  if (typeof audience !== 'string') return 'Audience is not a string'
  if (typeof usesRegionalSts !== 'boolean') return 'UseRegionalSTS is neither true nor false'
  if (typeof tokenExpirationSeconds !== 'number' || !Number.isSafeInteger(tokenExpirationSeconds)) {
    return 'TokenExpiration is not a whole number'
  }
  return { key, roleArn, audience, usesRegionalSts, tokenExpirationSeconds }
}

/** SPEC: Go matches names of fields whatever their case, and the last of several counts. */
function field(entry: JsonObject, name: string): JsonValue | undefined {
  const wanted = name.toLowerCase()
  const found = Object.keys(entry).findLast((key) => key.toLowerCase() === wanted)
  return found === undefined ? undefined : (member(entry, found) ?? undefined)
}
