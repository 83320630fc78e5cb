import { parseGoInteger } from './go-text.ts'
import type { WebhookSettings } from './model.ts'
import type { Notes } from './notes.ts'
import { quote } from './warnings.ts'

const LEAST_EXPIRATION = 600
export const LONGEST_EXPIRATION = 86_400

/** The expiration that the annotation asks for; undefined where there is none, or none that is a number. */
export function readExpiration(
  annotation: string | undefined,
  settings: WebhookSettings,
  notes: Notes,
): number | undefined {
  if (annotation === undefined) return undefined
  const wanted = parseGoInteger(annotation)
  if (wanted !== undefined) return clampExpiration(Number(wanted), settings, notes)
  notes.add('invalid-expiration', `token-expiration ${quote(annotation)} is not a whole number and is ignored`)
  return undefined
}

/** The flag's value, in bounds: a flag below them is mended silently, as by the reference. */
export function flagExpiration(settings: WebhookSettings): number {
  const seconds = Math.max(settings.tokenExpirationSeconds, LEAST_EXPIRATION)
  return settings.compatibility.has('unclamped-expiration') ? seconds : Math.min(seconds, LONGEST_EXPIRATION)
}

export function clampExpiration(wanted: number, settings: WebhookSettings, notes: Notes): number {
  const isUnbounded = settings.compatibility.has('unclamped-expiration')
  const seconds = Math.max(LEAST_EXPIRATION, isUnbounded ? wanted : Math.min(wanted, LONGEST_EXPIRATION))
  if (seconds !== wanted) {
    notes.add(
      'clamped-expiration',
      `token-expiration ${wanted} is not within 600 and 86400 seconds: ${seconds} is used`,
    )
  }
  return seconds
}
