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
  const isWhole = compatibility.has('whole-config-map')
  const identities = new Map<string, ConfigMapIdentity>()
  const warnings: string[] = []
  for (const written of Object.keys(document)) {
    const key = isWhole ? readKeyAsReference(written) : readKey(written)
    const entry = key === undefined ? BAD_KEY : readEntry(key, member(document, written))
    if (typeof entry === 'string') warnings.push(`the ConfigMap's entry ${quote(written)} is not used: ${entry}`)
    else identities.set(entry.key, entry)
  }
  return { identities: isWhole && warnings.length > 0 ? undefined : identities, warnings }
}

const BAD_KEY = 'its key is neither `NAMESPACE/NAME` nor `*/NAME`'

function readKey(written: string): string | undefined {
  const [namespace = '', name = '', ...more] = written.split('/')
  const isKey = more.length === 0 && (namespace === '*' || isNamespaceName(namespace)) && isObjectName(name)
  return isKey ? written : undefined
}

/** SPEC: whatever stands behind a second slash is not read; without a first one, the reference ends. */
function readKeyAsReference(written: string): string | undefined {
  const [namespace, name] = written.split('/')
  return name === undefined ? undefined : `${namespace}/${name}`
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
