import { timingSafeEqual } from 'node:crypto'
import type { HttpHead, SignatureFacts } from '../../core/index.ts'
import { canonicalHeaders, mustBeSigned } from './canonical-headers.ts'
import { canonicalRequest, signText, stringToSign } from './canonical-request.ts'
import {
  incomplete,
  payloadMismatch,
  requestExpired,
  scopeMismatch,
  signatureMismatch,
  skewedClock,
  unsignedHeader,
} from './errors.ts'
import type { PresentedCredentials, SignatureExpectations } from './model.ts'
import { UNSIGNED_PAYLOAD } from './payload-hash.ts'
import { encode, UNRESERVED } from './percent.ts'
import { parseBasicDate, renderBasicDate } from './times.ts'

/**
 * Proves that a request was signed, whole, now, for this endpoint, by whoever has the key. Checks scope, times, which headers are
 * signed, the signature, and the body's hash where it is known: returns, or throws.
 * In path style `s3` a literal hash is compared only when `bodySha256` is given: else whoever reads the body must do it, and must decode
 * a `streaming` one.
 * @throws SignatureError `scope-mismatch`, `skewed-clock`, `request-expired`, `malformed`, `incomplete`, `unsigned-header`, `mismatch`,
 * `payload-mismatch`; its facts never have the signature that was expected
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
export function verifySignature(
  head: HttpHead,
  presented: PresentedCredentials,
  expectations: SignatureExpectations,
): void {
  checkScope(presented, expectations)
  checkTimes(presented, expectations)
  const headers = canonicalHeaders(head.headers)
  checkSignedHeaders(headers, presented)
  const payload = payloadToSign(presented, expectations)
  const { signedHeaders, requestDate, scope } = presented
  const canonical = canonicalRequest(head, { pathStyle: expectations.pathStyle, headers, signedHeaders, payload })
  const toSign = stringToSign(requestDate, scope, canonical)
  const { signingKey } = expectations
  const expected = signText(typeof signingKey === 'function' ? signingKey() : signingKey, toSign)
  if (!isSame(expected, presented.signature)) {
    throw signatureMismatch({
      ...factsOf(presented),
      canonicalRequest: withoutToken(canonical, presented),
      stringToSign: toSign,
      signatureProvided: presented.signature,
    })
  }
  checkPayload(presented, expectations)
}

function checkScope(presented: PresentedCredentials, { services, regions, wantedRegion }: SignatureExpectations): void {
  const { scope, requestDate } = presented
  if (!requestDate.startsWith(scope.date))
    throw scopeMismatch('date', scope.date, { ...factsOf(presented), wanted: requestDate.slice(0, 8) })
  if (!services.includes(scope.service)) {
    const [wanted] = services
    throw scopeMismatch('service', scope.service, {
      ...factsOf(presented),
      ...(wanted === undefined ? {} : { wanted }),
    })
  }
  if (regions !== undefined && !regions(scope.region)) {
    throw scopeMismatch('region', scope.region, {
      ...factsOf(presented),
      ...(wantedRegion === undefined ? {} : { wanted: wantedRegion }),
    })
  }
}

function checkTimes(presented: PresentedCredentials, { now, maxSkewSeconds }: SignatureExpectations): void {
  const at = parseBasicDate(presented.requestDate)
  const facts = () => ({ ...factsOf(presented), judgedAt: renderBasicDate(now) })
  const { expiresSeconds } = presented
  // INVARIANT: a date that cannot be read passes none of these.
  if (at === undefined || !(at - now <= maxSkewSeconds * 1000)) throw skewedClock(facts())
  if (expiresSeconds === undefined) {
    if (!(now - at <= maxSkewSeconds * 1000)) throw skewedClock(facts())
  } else if (!(now - at <= expiresSeconds * 1000)) throw requestExpired(facts())
}

function checkSignedHeaders(headers: ReadonlyMap<string, string>, presented: PresentedCredentials): void {
  const { signedHeaders, form } = presented
  if (!signedHeaders.includes('host')) throw unsignedHeader(['host'], factsOf(presented))
  for (const name of signedHeaders) {
    // A header that was signed and has not come was taken away; an empty one would not be the same.
    if (!headers.has(name)) throw signatureMismatch(factsOf(presented))
  }
  let unsigned: string[] | undefined
  for (const name of headers.keys()) {
    if (!mustBeSigned(name, form) || signedHeaders.includes(name)) continue
    unsigned ??= []
    unsigned.push(name)
  }
  if (unsigned !== undefined) throw unsignedHeader(unsigned, factsOf(presented))
}

/** The last line of the canonical request. */
function payloadToSign(presented: PresentedCredentials, { pathStyle, bodySha256 }: SignatureExpectations): string {
  const { payloadHash, scope } = presented
  // Services but S3 read their bodies whole; one of them unsigned would let anybody change what is asked.
  if (pathStyle === 'normalized') demandHash(bodySha256)
  switch (payloadHash.kind) {
    case 'literal':
      return payloadHash.sha256
    case 'unsigned':
    case 'streaming':
      if (pathStyle === 'normalized')
        throw payloadMismatch('this service takes no unsigned payload', factsOf(presented))
      return payloadHash.kind === 'unsigned' ? UNSIGNED_PAYLOAD : payloadHash.value
    case 'absent':
      if (scope.service === 's3') throw incomplete(['x-amz-content-sha256'], factsOf(presented))
      return demandHash(bodySha256)
  }
}

function demandHash(bodySha256: string | undefined): string {
  if (bodySha256 === undefined) throw new TypeError('the hash of the body is needed to verify this signature')
  return bodySha256
}

function checkPayload(presented: PresentedCredentials, { bodySha256 }: SignatureExpectations): void {
  const { payloadHash } = presented
  if (payloadHash.kind === 'literal' && bodySha256 !== undefined && payloadHash.sha256 !== bodySha256)
    throw payloadMismatch('the body is not the one that was signed', factsOf(presented))
}

function isSame(expected: Buffer, signature: string): boolean {
  const given = Buffer.from(signature, 'hex')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

function factsOf({ accessKeyId, requestDate, expiresSeconds }: PresentedCredentials): SignatureFacts {
  return { accessKeyId, requestDate, ...(expiresSeconds === undefined ? {} : { expiresSeconds }) }
}

/** Facts are kept with the denial; a session token is not. */
function withoutToken(canonical: string, { sessionToken, form }: PresentedCredentials): string {
  if (sessionToken === undefined) return canonical
  const shown = form === 'header' ? sessionToken : (encode(sessionToken, UNRESERVED) ?? sessionToken)
  const separator = form === 'header' ? 'x-amz-security-token:' : 'X-Amz-Security-Token='
  return canonical.replace(`${separator}${shown}`, `${separator}[session token]`)
}
