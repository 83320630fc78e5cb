import { create, type DescMessage, fromBinary, type MessageShape, toBinary } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import {
  FetchKeysRequestSchema,
  FetchKeysResponseSchema,
  MetadataRequestSchema,
  MetadataResponseSchema,
  SignJWTRequestSchema,
  SignJWTResponseSchema,
} from './generated/external-jwt-signer_pb.ts'
import type { SignedParts, Signer } from './signer.ts'

/** A request as it was read, or why it cannot be. */
export type Read<Request> = { readonly request: Request } | { readonly fault: string }

/**
 * Reads a message of that kind. What has a field that we do not know is not understood, and refused.
 * INVARIANT: never throws, whatever the bytes are.
 */
function reader<Schema extends DescMessage>(schema: Schema): (bytes: Uint8Array) => Read<MessageShape<Schema>> {
  return (bytes) => {
    try {
      const request = fromBinary(schema, bytes)
      return (request.$unknown?.length ?? 0) > 0 ? { fault: 'the request has a field that is not known' } : { request }
    } catch {
      return { fault: 'the request is no message of this kind' }
    }
  }
}

export const readSign = reader(SignJWTRequestSchema)
export const readFetchKeys = reader(FetchKeysRequestSchema)
export const readMetadata = reader(MetadataRequestSchema)

export const renderSigned = ({ header, signature }: SignedParts): Buffer =>
  bytesOf(toBinary(SignJWTResponseSchema, create(SignJWTResponseSchema, { header, signature })))

export function renderKeys({ keys, changedAt, refreshHintSeconds }: Awaited<ReturnType<Signer['fetchKeys']>>): Buffer {
  const message = create(FetchKeysResponseSchema, {
    keys: keys.map(({ keyId, spki }) => ({ keyId, key: spki })),
    dataTimestamp: timestampFromMs(changedAt),
    refreshHintSeconds: BigInt(refreshHintSeconds),
  })
  return bytesOf(toBinary(FetchKeysResponseSchema, message))
}

export const renderMetadata = (maxTokenSeconds: number): Buffer =>
  bytesOf(
    toBinary(
      MetadataResponseSchema,
      create(MetadataResponseSchema, { maxTokenExpirationSeconds: BigInt(maxTokenSeconds) }),
    ),
  )

const bytesOf = ({ buffer, byteOffset, length }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, length)
