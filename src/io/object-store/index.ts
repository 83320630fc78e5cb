/**
 * io/object-store: objects of text in S3, real or local, through the AWS SDK (an optional peer) with the credentials and the endpoint that it
 * finds by itself. It makes no buckets and no policies.
 */
export { createObjectStore, type ObjectPlace, type ObjectStore, type StoredObject } from './object-store.ts'
