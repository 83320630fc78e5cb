import type { Clock } from '../../../core/index.ts'
import type { BucketPolicies } from './bucket-policy.ts'
import type { S3Options } from './model.ts'
import type { ObjectFiles } from './object-files.ts'
import type { Repository } from './repository.ts'

/** What the operations work with. */
export interface S3Parts {
  readonly repository: Repository
  readonly files: ObjectFiles
  readonly policies: BucketPolicies
  readonly clock: Clock
  readonly identity: S3Options['identity'] | undefined
}
