/** What `issuer publish --dry-run` writes, by AWS's own models of S3, IAM, CloudFront and ACM, and by Terraform's own formatter where there is one. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/io/host/index.ts'
import { initIssuer, type Plan, writePlan } from '../../src/tools/issuer/index.ts'

const root = mkdtempSync(join(tmpdir(), 'issuer-plan-'))
const directory = join(root, 'issuer')
beforeAll(async () => {
  const issuer = 'https://oidc.example.com/my-cluster'
  await initIssuer({ directory, issuer, keyType: 'ec', mode: 'signer' }, { clock: systemClock })
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const SERVICES: Readonly<Record<string, string>> = { s3api: 's3' }
/** AWS writes these names in its own way. */
const SPELLINGS: Readonly<Record<string, string>> = { CreateOpenIdConnectProvider: 'CreateOpenIDConnectProvider' }

/** `aws s3api put-object --cli-input-json file://05-….json …` as service, operation and input. */
function callOf(command: string, place: string): readonly [string, string, unknown] {
  const [, service = '', verb = '', , file = ''] = command.split(' ')
  const operation = verb.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())
  const input: unknown = JSON.parse(readFileSync(join(place, file.replace('file://', '')), 'utf8'))
  return [SERVICES[service] ?? service, SPELLINGS[operation] ?? operation, input]
}

describe.each([
  ['a public bucket', false, 's3://my-issuers/my-cluster'],
  ['a private bucket behind CloudFront', true, 's3://my-issuers/my-cluster'],
  ['a private bucket with a prefix of its own', true, 's3://my-issuers/all/my-cluster'],
])('the plan for %s', (_, isPrivate, target) => {
  const outputDir = join(root, target.slice(5).replaceAll('/', '-') + String(isPrivate))
  let plan: Plan
  beforeAll(async () => {
    plan = await writePlan({ directory, to: [target], outputDir, region: 'eu-central-1', isPrivate })
  })

  test('has calls that AWS’s own models accept, the JWKS before the discovery document, the provider last', () => {
    const calls = plan.commands.filter((line) => line.startsWith('aws ')).map((line) => callOf(line, outputDir))
    const operations = calls.map(([, operation]) => operation)
    expect(operations.at(0)).toBe('CreateBucket')
    expect(operations.at(-1)).toBe('CreateOpenIDConnectProvider')
    expect(operations.includes('CreateDistribution')).toBe(isPrivate)
    const put = calls
      .filter(([, operation]) => operation === 'PutObject')
      .map(([, , input]) => (input as { Key: string }).Key)
    expect(put.map((key) => key.split('/').at(-1))).toEqual(['keys.json', 'openid-configuration'])
    const checked = spawnSync('python3', [join(import.meta.dirname, 'check-plan.py')], {
      input: JSON.stringify(calls),
      encoding: 'utf8',
    })
    expect({ faults: checked.stdout, error: checked.stderr }).toEqual({ faults: '', error: '' })
    expect(calls.length).toBeGreaterThan(6)
  })

  test('is Terraform as Terraform writes it', () => {
    const formatted = spawnSync('terraform', ['fmt', '-check', '-diff', join(outputDir, 'issuer.tf')], {
      encoding: 'utf8',
    })
    if (formatted.error !== undefined)
      console.log('note: SKIPPED terraform fmt of the plan: this machine has no terraform')
    expect(formatted.error === undefined ? formatted.stdout : '').toBe('')
    expect(readFileSync(join(outputDir, 'issuer.tf'), 'utf8')).toContain(
      'resource "aws_iam_openid_connect_provider" "issuer"',
    )
  })
})
