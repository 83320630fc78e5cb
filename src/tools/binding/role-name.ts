import { createHash } from 'node:crypto'
import type { ServiceAccountRef } from '../../core/index.ts'

/** SPEC: a role's name has at most 64 characters (IAM and AWS STS quotas). */
const LONGEST = 64
const DIGEST_CHARACTERS = 8

/** `irsa-NAMESPACE-NAME`; what is too long is cut and ends in a digest of the whole, so that two names stay two. */
export function defaultRoleName({ namespace, name }: ServiceAccountRef): string {
  const whole = `irsa-${namespace}-${name}`
  if (whole.length <= LONGEST) return whole
  const digest = createHash('sha256').update(`${namespace}/${name}`).digest('hex').slice(0, DIGEST_CHARACTERS)
  return `${whole.slice(0, LONGEST - DIGEST_CHARACTERS - 1)}-${digest}`
}
