import { type AccountId, type Secret, StoreError } from '../../core/index.ts'
import { iamArn } from './arns.ts'
import type { Identity } from './model.ts'

/** Name of the IAM user that every account has from the start. */
export const ADMINISTRATOR = 'administrator'

export interface AdministratorKey {
  readonly accessKeyId: string
  readonly secretAccessKey: Secret
}

/**
 * The active access key of the account's administrator. The user is made, with AdministratorAccess attached, when there is none,
 * and the key when there is no active one; what an operator took from the user is not given back.
 */
export async function ensureAdministrator(identity: Identity, account: AccountId): Promise<AdministratorKey> {
  const { accessKeyId, secret } = await identity.change((changes) => {
    const user = changes.findUser(account, ADMINISTRATOR)
    if (user !== undefined)
      return changes.accessKeysOf(user).find(({ status }) => status === 'Active') ?? changes.createAccessKey(user)
    const arn = iamArn({ partition: identity.partition, account: 'aws' }, 'policy/AdministratorAccess')
    const policy = changes.findPolicy(arn)
    if (policy === undefined) throw new StoreError('not-found', `policy \`${arn}\` does not exist`)
    const created = changes.createUser({ account, name: ADMINISTRATOR })
    changes.attachPolicy(created, policy)
    return changes.createAccessKey(created)
  })
  return { accessKeyId, secretAccessKey: secret }
}
