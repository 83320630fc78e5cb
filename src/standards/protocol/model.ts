import type { Readable } from 'node:stream'
import type { ApiError, HttpHead, RawHeaders } from '../../core/index.ts'

export type ServiceName = 'sts' | 'iam' | 'eks' | 'eks-auth' | 'cloudtrail' | 's3'
export type ProtocolName = 'awsQuery' | 'awsJson1_0' | 'awsJson1_1' | 'restJson' | 'restXml'

/** What the wire knows of one service; built from generated tables. */
export interface ServiceModel {
  readonly name: ServiceName
  /** Service part of the credential scope: `sts`, `iam`, `eks`, `cloudtrail`, `s3`. */
  readonly signingName: string
  readonly protocol: ProtocolName
  readonly apiVersion: string
  readonly xmlNamespace?: string
  /** For awsJson: what stands before the dot of X-Amz-Target. */
  readonly targetPrefix?: string
  readonly operationNames: readonly string[]
  /**
   * Which operation is this? `form` is the decoded body of a query-protocol POST, or the query string of a GET.
   * Answers undefined when the service has no such operation.
   */
  recognise(head: HttpHead, form: QueryForm | undefined): RecognisedOperation | undefined
  /**
   * Bytes to input, named as in AWS's API (`RoleArn`, `WebIdentityToken`, `Bucket`, `Key`).
   * A streaming blob member (S3 PutObject Body) is left out: the body reaches `perform` as a stream.
   * @throws ApiError `ValidationError`/`SerializationException`/`MalformedXML` in the protocol's own words
   */
  decodeInput(
    operation: RecognisedOperation,
    head: HttpHead,
    body: Uint8Array,
    form: QueryForm | undefined,
  ): Promise<Record<string, unknown>>
  /** Checks required, length, range, pattern and enum constraints of AWS's model. @throws ApiError `ValidationError` with AWS's text */
  checkInput(operationName: string, input: Record<string, unknown>): void
  encodeOutput(
    operation: RecognisedOperation,
    head: HttpHead,
    output: Record<string, unknown>,
    requestId: string,
  ): Promise<WireAnswer>
  encodeError(
    operation: RecognisedOperation | undefined,
    head: HttpHead,
    error: ApiError,
    requestId: string,
  ): WireAnswer
}

export interface RecognisedOperation {
  readonly name: string
  /** Path labels of a REST binding, decoded once: Bucket, Key (exact bytes as UTF-8 text), name … */
  readonly labels: Readonly<Record<string, string>>
}

/** Parameters of the query protocol. INVARIANT: each key once; duplicates and case variants have been refused. */
export type QueryForm = ReadonlyMap<string, string>

export interface WireAnswer {
  readonly status: number
  readonly headers: RawHeaders
  readonly body: Uint8Array | Readable
}
