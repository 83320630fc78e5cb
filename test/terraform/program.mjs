// What a pod would run: it knows nothing but its service account's token, a bucket and a key.
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'

const [bucket, key] = process.argv.slice(2)
const s3 = new S3Client({})
const attempt = async (command) => {
  try {
    const { Body } = await s3.send(command)
    await Body?.transformToByteArray()
    return 'allowed'
  } catch (failure) {
    return failure.name
  }
}
let Arn
try {
  ;({ Arn } = await new STSClient({}).send(new GetCallerIdentityCommand({})))
} catch (failure) {
  console.log(`${failure.name}: ${failure.message}`)
  process.exit(1)
}
const list = await attempt(new ListObjectsV2Command({ Bucket: bucket }))
const get = await attempt(new GetObjectCommand({ Bucket: bucket, Key: key }))
console.log(JSON.stringify({ arn: Arn, list, get }))
