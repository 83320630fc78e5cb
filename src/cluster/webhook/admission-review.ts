import type { JsonObject, JsonValue, ServiceAccountRef } from '../../core/index.ts'
import { renderAscii, textOf } from './kept-text.ts'
import type { MutationDecision, ParsedReview, ReviewEnvelope } from './model.ts'
import { renderPatch } from './patch/patch-text.ts'
import { isObject, member } from './raw-json.ts'
import { renderWarnings } from './warnings.ts'

/** The reference's answer to any other content type: status 415. The API server sends exactly `application/json`. */
export const WRONG_CONTENT_TYPE = {
  httpStatus: 415,
  body: 'Invalid Content-Type, expected `application/json`\n',
} as const

/** May a body of this content type be a review? Exactly `application/json`, as for the reference: no parameters. */
export function isReviewContentType(contentType: string | undefined): boolean {
  return contentType === 'application/json'
}

/**
 * Reads the body of a call to the webhook: an AdmissionReview, v1 or v1beta1. Never throws: what is malformed is refused in the
 * reference's words where it has some.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request
 */
export function parseAdmissionReview(body: Uint8Array): ParsedReview {
  if (body.length === 0) return malformed({ uid: '' }, 'bad content')
  const review = readJson(body)
  if (review instanceof SyntaxError) {
    return malformed({ uid: '' }, `couldn't get version/kind; json parse error: ${review.message.slice(0, 200)}`)
  }
  if (!isObject(review)) return malformed({ uid: '' }, 'bad content: the body is not an AdmissionReview')
  const envelope = readEnvelope(review)
  const fault = faultOfType(envelope)
  if (fault !== undefined) return malformed(envelope, fault)
  const request = member(review, 'request')
  if (!isObject(request)) return malformed(envelope, 'bad content')
  const { apiVersion, kind } = envelope
  return readRequest(request, { apiVersion, kind, uid: text(member(request, 'uid')) })
}

/**
 * The body of the answer, in ASCII: type and uid of the review, and patch and its type both or neither. Put together by hand, since the patch is
 * most of it, and base64 needs no escaping: a third less time than `JSON.stringify` of the whole.
 */
export function renderAdmissionResponse({ kind, apiVersion, uid }: ReviewEnvelope, decision: MutationDecision): string {
  const { allowed, operations, auditAnnotations, message } = decision
  const warnings = renderWarnings(decision.warnings)
  const shownUid = PLAIN_UID.test(uid) ? `"${uid}"` : renderAscii(uid)
  let text = `{${renderType(kind, apiVersion)}"response":{"uid":${shownUid},"allowed":${allowed}`
  if (!allowed) text += `,"status":${renderAscii({ metadata: {}, message: message ?? 'refused' })}`
  else if (operations.length > 0) text += `,"patch":"${renderPatch(operations)}","patchType":"JSONPatch"`
  const audited = textOf(auditAnnotations)
  if (audited !== '{}') text += `,"auditAnnotations":${audited}`
  if (warnings.length > 0) text += `,"warnings":${renderAscii(warnings)}`
  return `${text}}}`
}

/** As the API server gives them. */
const PLAIN_UID = /^[\w-]*$/

function renderType(kind: string | undefined, apiVersion: string | undefined): string {
  const known = kind === 'AdmissionReview' && apiVersion !== undefined ? TYPES.get(apiVersion) : undefined
  if (known !== undefined) return known
  const ofKind = kind === undefined ? '' : `"kind":${renderAscii(kind)},`
  return apiVersion === undefined ? ofKind : `${ofKind}"apiVersion":${renderAscii(apiVersion)},`
}

/** Of the versions there are, and how an answer of that type begins. */
const TYPES: ReadonlyMap<string, string> = new Map(
  ['admission.k8s.io/v1', 'admission.k8s.io/v1beta1'].map((version) => [
    version,
    `"kind":"AdmissionReview","apiVersion":"${version}",`,
  ]),
)

function malformed(envelope: ReviewEnvelope, message: string): ParsedReview {
  const decision = {
    allowed: false,
    reason: 'malformed',
    message,
    operations: [],
    warnings: [],
    auditAnnotations: {},
  } as const
  return { outcome: 'malformed', envelope, decision }
}

/** A review is no token and no policy: what the API server sends is read as it reads JSON itself, the last of two equal keys counts. */
function readJson(body: Uint8Array): JsonValue | SyntaxError {
  try {
    return JSON.parse(textOfBytes(body)) as JsonValue
  } catch (error) {
    return error instanceof SyntaxError ? error : new SyntaxError('unreadable')
  }
}

function textOfBytes(bytes: Uint8Array): string {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return buffer.toString('utf8')
}

function readEnvelope(review: JsonObject): ReviewEnvelope {
  const apiVersion = member(review, 'apiVersion')
  const kind = member(review, 'kind')
  return {
    apiVersion: typeof apiVersion === 'string' ? apiVersion : undefined,
    kind: typeof kind === 'string' ? kind : undefined,
    uid: '',
  }
}

/** A review without a type is read as v1beta1 was: the reference does, and its clients leave it out in tests. */
function faultOfType({ apiVersion, kind }: ReviewEnvelope): string | undefined {
  if (apiVersion !== undefined && !TYPES.has(apiVersion))
    return 'bad content: apiVersion is not admission.k8s.io/v1 or v1beta1'
  return kind !== undefined && kind !== 'AdmissionReview' ? 'bad content: kind is not AdmissionReview' : undefined
}

function readRequest(request: JsonObject, envelope: ReviewEnvelope): ParsedReview {
  const pod = member(request, 'object')
  if (pod === undefined || pod === null) return malformed(envelope, 'bad content: request.object is missing')
  if (!isObject(pod)) return malformed(envelope, `json: cannot unmarshal ${wordOf(pod)} into Go value of type v1.Pod`)
  const namespace = text(member(request, 'namespace'))
  const isDryRun = member(request, 'dryRun') === true
  const serviceAccount = readServiceAccount(pod, namespace)
  return { outcome: 'parsed', request: { envelope, namespace, pod, serviceAccount, isDryRun } }
}

function readServiceAccount(pod: JsonObject, namespace: string): ServiceAccountRef | undefined {
  const spec = member(pod, 'spec')
  const name = isObject(spec) ? text(member(spec, 'serviceAccountName')) : ''
  return name === '' ? undefined : { namespace, name }
}

function wordOf(value: JsonValue): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
