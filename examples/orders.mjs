// A program of the orders team, as it runs in a pod: no key, no profile, no endpoint in the code. The SDK finds the role and
// the service account's token by AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE, and exchanges them for temporary credentials.
//
//   openirsa up --demo
//   openirsa run --service-account shop/orders -- node examples/orders.mjs orders-bucket hello.txt
//
// It prints one line of JSON for each thing that it tried.
import { DeleteObjectCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'

const [bucket, key] = process.argv.slice(2)
if (bucket === undefined || key === undefined) {
  console.error('usage: node orders.mjs BUCKET KEY')
  process.exit(2)
}

const sts = new STSClient({})
const s3 = new S3Client({})

/** Tries one call, and tells how it went. */
async function attempt(call, work) {
  try {
    report({ call, allowed: true, ...(await work()) })
  } catch (failure) {
    const { name, message, $metadata, $response } = failure
    const denial = $response?.headers?.['x-openirsa-denial']
    report({ call, allowed: false, code: name, message, status: $metadata?.httpStatusCode, denial })
  }
}

function report(facts) {
  console.log(JSON.stringify(facts))
}

await attempt('sts:AssumeRoleWithWebIdentity', async () => {
  const { accessKeyId, expiration } = await sts.config.credentials()
  return { accessKeyId, expiration }
})
await attempt('sts:GetCallerIdentity', async () => {
  const { Arn } = await sts.send(new GetCallerIdentityCommand({}))
  return { arn: Arn }
})
await attempt('s3:GetObject', async () => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
  return { text: await Body?.transformToString() }
})
await attempt('s3:DeleteObject', async () => {
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))
  return {}
})
