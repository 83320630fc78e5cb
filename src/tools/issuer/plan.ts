import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { openKeyStore, renderIssuerDocuments } from '../../cluster/key-store/index.ts'
import { parseS3Target } from '../../cluster/publish/index.ts'
import { ConfigError, parseRegion } from '../../core/index.ts'
import { writePrivateFile } from '../../io/host/index.ts'
import { renderHcl } from './plan-hcl.ts'
import type { PlanFacts, PlannedCall } from './plan-model.ts'
import { privatePlan } from './plan-private.ts'
import { publicPlan } from './plan-public.ts'

export interface PlanOptions {
  readonly directory: string
  /** One, of S3. */
  readonly to: readonly string[]
  readonly outputDir: string
  readonly region: string
  /** Behind CloudFront, instead of a bucket that everybody reads. */
  readonly isPrivate: boolean
}

export interface Plan {
  readonly files: readonly string[]
  /** For a shell in the directory of the files, in this order. */
  readonly commands: readonly string[]
}

/** Writes what would make bucket, documents and provider: one file of input for each call of the AWS CLI, and the same as Terraform. */
export async function writePlan(options: PlanOptions): Promise<Plan> {
  const facts = await factsOf(options)
  const calls = options.isPrivate ? privatePlan(facts) : publicPlan(facts)
  const outputDir = resolve(options.outputDir)
  await mkdir(outputDir, { recursive: true })
  const files = [
    ...calls.map((call, at) => [fileOf(call, at), `${JSON.stringify(call.input, undefined, 2)}\n`] as const),
    ['keys.json', facts.documents.jwks.body] as const,
    ['openid-configuration', facts.documents.discovery.body] as const,
    ['issuer.tf', renderHcl(facts, options)] as const,
  ]
  for (const [name, text] of files) await writePrivateFile(join(outputDir, name), text, { mode: 0o644 })
  const commands = calls.flatMap((call, at) => [
    ...(call.before === undefined ? [] : [`# ${call.before}`]),
    `aws ${call.command} --cli-input-json file://${fileOf(call, at)}${call.more === undefined ? '' : ` ${call.more}`}`,
  ])
  return { files: files.map(([name]) => name), commands }
}

const fileOf = ({ name }: PlannedCall, at: number): string => `${String(at + 1).padStart(2, '0')}-${name}.json`

async function factsOf({ directory, to, region }: PlanOptions): Promise<PlanFacts> {
  const [target, ...more] = to
  const place = target === undefined || more.length > 0 ? undefined : parseS3Target(target)
  if (place === undefined)
    throw new ConfigError('--dry-run needs one --to s3://BUCKET/PREFIX', {
      hint: 'other places need nothing made for them',
    })
  if (parseRegion(region) === undefined)
    throw new ConfigError(`--region: expected a region such as us-east-1, found \`${region.slice(0, 60)}\``)
  const state = await openKeyStore(resolve(directory)).read()
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
  return { ...place, region, partition, issuer: state.issuer, documents: renderIssuerDocuments(state) }
}
