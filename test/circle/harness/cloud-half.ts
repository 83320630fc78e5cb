/** `openirsa up` of the checkout, beside the cluster in its network: pods reach it over HTTPS, the test through the relay. */
import { readFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail'
import { EKSClient } from '@aws-sdk/client-eks'
import { IAMClient } from '@aws-sdk/client-iam'
import { S3Client } from '@aws-sdk/client-s3'
import { STSClient } from '@aws-sdk/client-sts'
import { eventually, Hopeless } from './eventually.ts'
import { DIST } from './image.ts'
import type { Node } from './node.ts'
import { type Ended, mustRun, run, type Server, startServer } from './process.ts'

export const ACCOUNT = '000000000000'
const PORT = 4566

export interface CloudHalf extends Pick<Server, 'log' | 'stop'> {
  /** For pods. */
  readonly endpoint: string
  readonly certificateAuthorityFile: string
  readonly dataDirectory: string
  readonly eks: EKSClient
  readonly iam: IAMClient
  readonly s3: S3Client
  readonly sts: STSClient
  readonly cloudtrail: CloudTrailClient
  /** The checkout's command, told of this installation. */
  openirsa(...words: readonly string[]): Promise<string>
  tryOpenirsa(...words: readonly string[]): Promise<Ended>
}

export const COMMAND = [process.execPath, join(DIST, 'cli/main.js')]

export async function startCloudHalf({ place }: Node, ...options: readonly string[]): Promise<CloudHalf> {
  const directory = join(place.directory, 'openirsa')
  const environment = { OPENIRSA_DATA_DIR: directory }
  const tryOpenirsa = (...words: readonly string[]): Promise<Ended> =>
    run(place, [...COMMAND, ...words], { environment })
  const openirsa = (...words: readonly string[]): Promise<string> =>
    mustRun(place, [...COMMAND, ...words], { environment })
  const words = ['up', '--listen', place.address, '--port', `${PORT}`, '--data-dir', directory, ...options]
  const server = startServer(place, 'openirsa', [...COMMAND, ...words])
  const probe = async (): Promise<boolean> => {
    if (server.hasEnded()) throw new Hopeless(`openirsa up has ended:\n${server.log()}`)
    return (await tryOpenirsa('status', '-o', 'json')).code === 0
  }
  await eventually('openirsa', probe, { everyMs: 300 })
  const variables = JSON.parse(await openirsa('env', '--https', '-o', 'json')) as Record<string, string>
  return {
    ...clientsOf(place, variables),
    endpoint: `https://${place.address}:${PORT}`,
    certificateAuthorityFile: variables.AWS_CA_BUNDLE ?? '',
    dataDirectory: directory,
    log: server.log,
    stop: server.stop,
    openirsa,
    tryOpenirsa,
  }
}

/** The administrator's, on the loopback of the node's network. */
function clientsOf({ connect }: Node['place'], variables: Readonly<Record<string, string>>) {
  const httpAgent = new Agent()
  httpAgent.createConnection = () => connect(PORT, '127.0.0.1')
  const options = {
    endpoint: `http://127.0.0.1:${PORT}`,
    region: variables.AWS_REGION ?? '',
    requestHandler: { httpAgent },
    credentials: {
      accessKeyId: variables.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: variables.AWS_SECRET_ACCESS_KEY ?? '',
    },
  }
  return {
    eks: new EKSClient(options),
    iam: new IAMClient(options),
    s3: new S3Client({ ...options, forcePathStyle: true }),
    sts: new STSClient(options),
    // AWS allows two look-ups a second: the SDK waits when it is told so.
    cloudtrail: new CloudTrailClient({ ...options, maxAttempts: 6 }),
  }
}

export const authorityOf = (cloud: CloudHalf): string => readFileSync(cloud.certificateAuthorityFile, 'utf8')
