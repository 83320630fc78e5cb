/**
 * cloud/services/s3: buckets and objects: bytes in files named by a random id, everything else in the store.
 * It verifies no signature and evaluates no policy (the gateway does); versions, multipart uploads, ACLs, tags and encryption are not here,
 * and whoever asks for them is told so.
 */
export type { S3Options } from './model.ts'
export { createS3 } from './service.ts'
