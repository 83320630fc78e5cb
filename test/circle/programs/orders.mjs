// A program as anybody writes it: the AWS SDK for JavaScript as it comes, no settings of its own. Lists the bucket that it may read and tries the one
// that it may not, once a second, and prints what happened; the credentials and the token are named by what may be seen of them.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { fromTokenFile } from '@aws-sdk/credential-providers'

// As short as AWS makes them, where that is asked for: the SDK has no other way to say so.
const seconds = Number(process.env.SESSION_SECONDS ?? 0)
const s3 = new S3Client(seconds === 0 ? {} : { credentials: fromTokenFile({ durationSeconds: seconds }) })

async function list(Bucket) {
  try {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
    return { keys: Contents.map(({ Key }) => Key) }
  } catch (error) {
    return { refused: error.name, message: error.message, denial: error.$response?.headers['x-openirsa-denial'] }
  }
}

async function round() {
  const [own, other] = [await list('orders'), await list('payroll')]
  // Without a token, or while it is refused, there are no credentials either.
  const credentials = await s3.config.credentials().catch(() => undefined)
  const file = process.env.AWS_WEB_IDENTITY_TOKEN_FILE
  const token = file && createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12)
  const { accessKeyId, expiration } = credentials ?? {}
  console.log(JSON.stringify({ at: new Date().toISOString(), own, other, accessKeyId, expiration, token }))
}

for (;;) {
  await round()
  await new Promise((passed) => setTimeout(passed, 1000))
}
