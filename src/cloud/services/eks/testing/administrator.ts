import type { AccountId } from '../../../../core/index.ts'
import type { Principal } from '../../../operation.ts'

/** A user of the account who asks. */
export const administratorOf = (account: AccountId): Principal => ({
  kind: 'iam-user',
  account,
  partition: 'aws',
  arn: `arn:aws:iam::${account}:user/administrator`,
  userId: 'AIDAEXAMPLE',
  userName: 'administrator',
  accessKeyId: 'AKIAEXAMPLE',
})
