/**
 * cluster/publish: puts an issuer's discovery document and JWKS where verifiers find them (a directory, S3, an HTTPS server of one's
 * own), and refuses to go on where a foreign key lies. It decides nothing about keys, and does not keep when what was published.
 */
export { createDirectoryPublisher } from './directory-publisher.ts'
export { ForeignKeyError, PublishError } from './errors.ts'
export { findForeignKeys } from './foreign-keys.ts'
export { createHostedPublisher, type HostedPublisher } from './hosted-publisher.ts'
export type { DocumentOutcome, FetchedDocument, Publisher, PublishOutcome } from './model.ts'
export { checkDocuments, type PublishRequest, publishDocuments } from './publish.ts'
export { createS3Publisher, parseS3Target, type S3Place } from './s3-publisher.ts'
