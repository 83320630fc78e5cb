import { accountOfUniqueId } from '../../../../core/index.ts'
import type { ApiCall, ApiResult } from '../../../operation.ts'
import { unknownAccessKey } from '../errors.ts'
import type { StsOptions } from '../model.ts'

export interface GetAccessKeyInfoInput {
  readonly AccessKeyId: string
}

/** The account that an access key id belongs to: the id says so itself, whether or not the key exists. @throws ApiError ValidationError */
export async function getAccessKeyInfo(
  { identity }: StsOptions,
  { input: { AccessKeyId } }: ApiCall<GetAccessKeyInfoInput>,
): Promise<ApiResult> {
  const account = ACCESS_KEY.test(AccessKeyId) ? accountOfUniqueId(AccessKeyId) : undefined
  // Ids that were brought along, from before ids told the account, are looked up.
  const known = account ?? identity.findAccessKey(AccessKeyId)?.account
  if (known === undefined) throw unknownAccessKey()
  return { output: { Account: known } }
}

const ACCESS_KEY = /^A[KS]IA[A-Z2-7]{16}$/
