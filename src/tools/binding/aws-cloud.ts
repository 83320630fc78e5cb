import { parseArn } from '../../core/index.ts'
import { findLiveAccount, liveIam } from '../../io/aws/index.ts'
import type { BindingCloud } from './model.ts'

const BY = '--to aws'

/**
 * AWS, by the credentials that its SDK finds by itself.
 * @throws ConfigError when the SDK is not installed, or finds none
 */
export async function awsCloud(): Promise<BindingCloud> {
  const call = await liveIam({
    by: BY,
    hint: 'what was done before stays; with other credentials the same command goes on from there',
  })
  const { account, arn } = await findLiveAccount(BY)
  return { account, partition: parseArn(arn)?.partition ?? 'aws', call }
}
