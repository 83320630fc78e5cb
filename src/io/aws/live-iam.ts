import { ConfigError } from '../../core/index.ts'
import { type CallIam, type IamAnswer, isIamQuestion } from './iam-calls.ts'
import { inSomeRegion, loadSdk } from './sdk.ts'

/**
 * IAM of AWS, by the credentials that the AWS SDK finds by itself.
 * @param wanted what needs it, such as `--live`; `hint` is for who may not do what is asked
 * @throws ConfigError when the SDK is not installed
 */
export async function liveIam(wanted: { readonly by: string; readonly hint: string }): Promise<CallIam> {
  const sdk = await loadSdk({ name: '@aws-sdk/client-iam', by: wanted.by }, () => import('@aws-sdk/client-iam'))
  const client = await inSomeRegion((options) => new sdk.IAMClient(options))
  return async (operation, input) => {
    const Command = sdk[`${operation}Command` as keyof typeof sdk] as unknown as new (input: unknown) => never
    try {
      return (await client.send(new Command(input))) as unknown as IamAnswer
    } catch (cause) {
      if (!(cause instanceof Error)) throw cause
      if (cause.name === 'NoSuchEntityException' && isIamQuestion(operation)) return undefined
      throw new ConfigError(`AWS does not answer ${operation}: ${cause.name}: ${cause.message}`, {
        cause,
        hint: wanted.hint,
      })
    }
  }
}

/**
 * Whose credentials the AWS SDK finds by itself.
 * @throws ConfigError when the SDK is not installed, finds none, or AWS does not take them
 */
export async function findLiveAccount(by: string): Promise<{ readonly account: string; readonly arn: string }> {
  const sdk = await loadSdk({ name: '@aws-sdk/client-sts', by }, () => import('@aws-sdk/client-sts'))
  const client = await inSomeRegion((options) => new sdk.STSClient(options))
  try {
    const { Account = '', Arn = '' } = await client.send(new sdk.GetCallerIdentityCommand({}))
    return { account: Account, arn: Arn }
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause
    throw new ConfigError(`AWS does not answer GetCallerIdentity: ${cause.name}: ${cause.message}`, {
      cause,
      hint: 'set up credentials as for the AWS CLI',
    })
  }
}
