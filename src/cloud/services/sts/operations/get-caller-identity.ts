import type { ApiResult, Principal } from '../../../operation.ts'
import { signerOf } from '../principals.ts'

/** Who signed this. Nobody needs a permission to learn their own name. */
export async function getCallerIdentity(principal: Principal): Promise<ApiResult> {
  const { userId, account, arn } = signerOf(principal)
  return { output: { UserId: userId, Account: account, Arn: arn } }
}
