import type { JsonObject } from '../../../core/index.ts'
import { seededRandomness } from '../../../core/testing/fixed.ts'
import { decideMutation } from '../decide-mutation.ts'
import type { IdentityLookup, MutationDecision, WebhookSettings } from '../model.ts'
import { DEFAULT_WEBHOOK_SETTINGS } from '../settings.ts'

export const ROLE = 'arn:aws:iam::111122223333:role/orders'
export const MOUNT_PATH = '/var/run/secrets/eks.amazonaws.com/serviceaccount'

/** A pod with one container, but for what is said otherwise. */
export function pod(spec: object = {}, metadata: object = {}): JsonObject {
  return { metadata, spec: { containers: [{ name: 'app' }], ...spec } } as JsonObject
}

/** The service account is there with these annotations; their domain is left out. */
export function account(annotations: Readonly<Record<string, string>> = { 'role-arn': ROLE }): IdentityLookup {
  const named = Object.entries(annotations).map(([name, value]) => [`eks.amazonaws.com/${name}`, value] as const)
  return {
    serviceAccount: { outcome: 'found', annotations: Object.fromEntries(named) },
    containerCredentials: 'unlisted',
  }
}

export function listed(lookup: IdentityLookup = account({})): IdentityLookup {
  return { ...lookup, containerCredentials: 'listed' }
}

export function decide(
  subject: JsonObject,
  lookup: IdentityLookup = account(),
  settings: Partial<WebhookSettings> = {},
): MutationDecision {
  return decideMutation(subject, lookup, {
    settings: { ...DEFAULT_WEBHOOK_SETTINGS, ...settings },
    randomness: seededRandomness('webhook'),
  })
}

/** What is added at a path, in order. */
export function addedAt({ operations }: MutationDecision, path: string): readonly unknown[] {
  return operations.filter((operation) => operation.path === path).map(({ value }) => value)
}

/** Names of the variables that the container gets. */
export function variablesOf(decision: MutationDecision, container = '/spec/containers/0'): readonly string[] {
  const added = [...addedAt(decision, `${container}/env`).flat(), ...addedAt(decision, `${container}/env/-`)]
  return (added as readonly { readonly name: string }[]).map(({ name }) => name)
}

/** The value of the container's variable that is added. */
export function variableOf(
  decision: MutationDecision,
  name: string,
  container = '/spec/containers/0',
): string | undefined {
  const added = [...addedAt(decision, `${container}/env`).flat(), ...addedAt(decision, `${container}/env/-`)]
  return (added as readonly { readonly name: string; readonly value: string }[]).find((found) => found.name === name)
    ?.value
}

/** The request for a token in the volume that is added. */
export function tokenOf(decision: MutationDecision): unknown {
  const volume = [...addedAt(decision, '/spec/volumes').flat(), ...addedAt(decision, '/spec/volumes/0')][0] as
    | { readonly projected: { readonly sources: readonly { readonly serviceAccountToken: unknown }[] } }
    | undefined
  return volume?.projected.sources[0]?.serviceAccountToken
}

export function codesOf({ warnings }: MutationDecision): readonly string[] {
  return warnings.map(({ code }) => code)
}
