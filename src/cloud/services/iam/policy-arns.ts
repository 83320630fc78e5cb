import type { ManagedPolicy } from '../../identity/index.ts'
import { parseIamArn } from '../../identity/index.ts'
import { unparseableArn } from './errors.ts'

/** @throws ApiError ValidationError when the text is no policy's ARN at all */
export function checkPolicyArn(arn: string): void {
  if (parseIamArn(arn)?.type !== 'policy') throw unparseableArn()
}

/** What lists of policies are ordered by: short enough for a marker, and unique, since names are so within an owner. */
export function policyMarker({ name, account }: ManagedPolicy): string {
  return `${name}/${account}`
}
