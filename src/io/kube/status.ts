import { KubeError, type KubeFacts } from './errors.ts'
import type { KubeReason } from './model.ts'

/** SPEC: metav1.StatusReason; those that HTTP's status alone does not tell apart. */
const BY_REASON: ReadonlyMap<string, KubeReason> = new Map([
  ['AlreadyExists', 'already-exists'],
  ['Conflict', 'conflict'],
  ['Expired', 'gone'],
  ['Gone', 'gone'],
  ['Invalid', 'invalid'],
  ['Timeout', 'unavailable'],
  ['ServerTimeout', 'unavailable'],
  ['TooManyRequests', 'unavailable'],
])

const BY_STATUS: ReadonlyMap<number, KubeReason> = new Map([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [409, 'conflict'],
  [410, 'gone'],
  [422, 'invalid'],
  [429, 'unavailable'],
])

/** Longest message of an API server, or of a webhook behind it, that is passed on. */
const LONGEST_MESSAGE = 2000

/** The error that a `Status` object, or whatever else came with that HTTP status, stands for. */
export function errorOfStatus(httpStatus: number, body: unknown, retryAfter?: string): KubeError {
  const status = isRecord(body) && body.kind === 'Status' ? body : {}
  const reason = BY_REASON.get(textOf(status.reason)) ?? BY_STATUS.get(httpStatus) ?? reasonOfClass(httpStatus)
  const details = isRecord(status.details) ? status.details : {}
  const seconds = Number(details.retryAfterSeconds ?? retryAfter ?? Number.NaN)
  const facts: KubeFacts = {
    httpStatus,
    causes: causesOf(details.causes),
    ...(Number.isFinite(seconds) && seconds > 0 ? { retryAfterSeconds: seconds } : {}),
  }
  const said = printable(textOf(status.message))
  const message = said === '' ? `the API server answers ${httpStatus}` : `the API server answers ${httpStatus}: ${said}`
  return new KubeError(reason, message, facts)
}

/** A `Status` that came as an event of a watch. */
export function errorOfEvent(object: unknown): KubeError {
  const code = isRecord(object) ? Number(object.code) : Number.NaN
  return errorOfStatus(Number.isInteger(code) ? code : 500, object)
}

function reasonOfClass(httpStatus: number): KubeReason {
  if (httpStatus >= 500) return 'unavailable'
  return httpStatus >= 400 ? 'bad-request' : 'malformed'
}

function causesOf(value: unknown): NonNullable<KubeFacts['causes']> {
  if (!Array.isArray(value)) return []
  return value.filter(isRecord).map(({ field, message }) => ({
    field: printable(textOf(field)),
    message: printable(textOf(message)),
  }))
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** One line, without control characters, not endless. */
function printable(text: string): string {
  return text
    .slice(0, LONGEST_MESSAGE)
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
