import { ConfigError, parseArn } from '../../core/index.ts'
import { isQuestion } from './answers.ts'
import type { BindingCloud, CallIam, IamAnswer } from './model.ts'

/** IAM is one for all regions: who has configured none is asked where its API has always been. */
const REGION_OF_IAM = 'us-east-1'

/**
 * AWS, by the credentials that its SDK finds by itself.
 * @throws ConfigError when the SDK is not installed, or finds none
 */
export async function awsCloud(): Promise<BindingCloud> {
  const sdk = await load('@aws-sdk/client-iam', () => import('@aws-sdk/client-iam'))
  const sts = await load('@aws-sdk/client-sts', () => import('@aws-sdk/client-sts'))
  const client = await inSomeRegion((options) => new sdk.IAMClient(options))
  const call: CallIam = async (operation, input) => {
    const Command = sdk[`${operation}Command`] as unknown as new (input: unknown) => never
    try {
      return (await client.send(new Command(input))) as unknown as IamAnswer
    } catch (cause) {
      if ((cause as Error).name === 'NoSuchEntityException' && isQuestion(operation)) return undefined
      throw refused(operation, cause as Error)
    }
  }
  const asking = await inSomeRegion((options) => new sts.STSClient(options))
  try {
    const { Arn = '', Account = '' } = await asking.send(new sts.GetCallerIdentityCommand({}))
    return { account: Account, partition: parseArn(Arn)?.partition ?? 'aws', call }
  } catch (cause) {
    throw refused('GetCallerIdentity', cause as Error)
  }
}

function refused(operation: string, cause: Error): ConfigError {
  return new ConfigError(`AWS refuses ${operation}: ${cause.name}: ${cause.message}`, {
    cause,
    hint: 'what was done before stays; with other credentials the same command goes on from there',
  })
}

async function load<Module>(name: string, bring: () => Promise<Module>): Promise<Module> {
  try {
    return await bring()
  } catch (cause) {
    throw new ConfigError(`--to aws needs the package \`${name}\`, which is not installed`, {
      cause,
      hint: `npm install ${name}`,
    })
  }
}

async function inSomeRegion<Client extends { readonly config: { region(): Promise<string> } }>(
  make: (options: { readonly region?: string }) => Client,
): Promise<Client> {
  const client = make({})
  try {
    await client.config.region()
    return client
  } catch {
    return make({ region: REGION_OF_IAM })
  }
}
