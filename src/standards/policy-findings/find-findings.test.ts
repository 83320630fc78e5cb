import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { findFindings, guessKind } from './index.ts'
import { smallCatalogue as catalogue } from './testing/small-catalogue.ts'

/** A trust policy as it is often copied: without commas. */
const WITHOUT_COMMAS = `{
  "Version": "2012-10-17"
  "Statement": [
    {
      "Effect": "Allow"
      "Principal": { "Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.example.com/id/AB" }
      "Action": "sts:AssumeRoleWithWebIdentity"
    }
  ]
}`

const find = (text: string, kind: Parameters<typeof findFindings>[1]['kind'] = 'identity') =>
  findFindings(text, { kind, catalogue })

describe('a text that is no JSON', () => {
  it("has AWS's sentence for each comma that is missing, its place, and what is missing", () => {
    const found = find(WITHOUT_COMMAS, 'trust')
    expect(found.map(({ issueCode, detail, locations }) => [issueCode, detail, locations[0]?.line])).toEqual([
      ['JSON_SYNTAX_ERROR', 'a comma is missing after "2012-10-17"', 2],
      ['JSON_SYNTAX_ERROR', 'a comma is missing after "Allow"', 5],
      ['JSON_SYNTAX_ERROR', 'a comma is missing after }', 6],
    ])
    expect(found[0]?.message).toBe('Fix the JSON syntax error at index 27 line 2 column 26.')
    expect(WITHOUT_COMMAS[26]).toBe('"')
  })

  test.each(['', '[', '"text"', '7', '[]', 'null', '{"a": 1, "a": 2}'])('%s is found to be none', (text) => {
    expect(find(text).map(({ issueCode }) => issueCode)).toEqual(['JSON_SYNTAX_ERROR'])
  })
})

describe('findings', () => {
  const text = `{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["iam:PassRole", "s3:GetObjekt"],
    "Resource": "*"
  }
}`

  it('come gravest first, with line, column and pointer of what they are about', () => {
    expect(find(text).map(({ findingType, issueCode, locations }) => [findingType, issueCode, locations])).toEqual([
      ['ERROR', 'INVALID_ACTION', [{ path: '/Statement/Action/1', line: 5, column: 32 }]],
      [
        'SECURITY_WARNING',
        'PASS_ROLE_WITH_STAR_IN_RESOURCE',
        [
          { path: '/Statement/Action', line: 5, column: 5 },
          { path: '/Statement/Resource', line: 6, column: 5 },
        ],
      ],
    ])
  })

  it("lead to AWS's page", () => {
    expect(find(text)[0]?.learnMore).toBe(
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-action',
    )
  })

  it('show values as they were written, whatever they look like', () => {
    const odd = '{{action}}$&'
    const document = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: odd, Action: '*', Resource: '*' } })
    expect(find(document).map(({ message }) => message)).toContain(`The effect ${odd} is not valid. Use Allow or Deny.`)
  })

  it('are found in any JSON, and nothing is ever thrown', () => {
    const elements = [
      'Statement',
      'Action',
      'NotAction',
      'Resource',
      'Principal',
      'Condition',
      'Sid',
      'Effect',
      'Version',
    ]
    const key = fc.oneof(fc.constantFrom(...elements, 'AWS', 'StringLike', 'IpAddress', 'aws:SourceIp'), fc.string())
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.string(),
        fc.constantFrom('*', 'arn:aws:s3:::${', 's3:*', null, true, 7),
        tie('list'),
        tie('object'),
      ),
      list: fc.array(tie('value'), { maxLength: 3 }),
      object: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    }))
    const kinds = fc.constantFrom('identity', 'resource', 'trust', 'service-control', 'resource-control', 'endpoint')
    fc.assert(
      fc.property(fc.dictionary(key, value), kinds, (root, kind) => {
        for (const { locations, message } of find(JSON.stringify(root), kind as 'identity')) {
          expect(message).not.toBe('')
          for (const { line, column } of locations) expect(line * column).toBeGreaterThan(0)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('come in time for a long document of long patterns', () => {
    const Resource = Array.from({ length: 1500 }, (_, at) => `arn:aws:s3:::${'*a'.repeat(20)}${at}`)
    const document = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:*', Resource } })
    const start = performance.now()
    find(document)
    expect(performance.now() - start).toBeLessThan(10_000)
  })
})

describe('the kind of a document', () => {
  const statement = (elements: object) => JSON.stringify({ Statement: [{ Effect: 'Allow', ...elements }] })

  test.each([
    [statement({ Action: 's3:*', Resource: '*' }), 'identity'],
    [statement({ Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::111122223333:role/a' }), 'identity'],
    [statement({ Principal: '*', Action: 's3:*', Resource: '*' }), 'resource'],
    [statement({ Principal: { AWS: '*' }, Action: ['sts:AssumeRole', 'sts:TagSession'] }), 'trust'],
    [statement({ Action: 'sts:AssumeRoleWithWebIdentity' }), 'trust'],
    [WITHOUT_COMMAS, 'trust'],
    ['{"Statement": [}', 'identity'],
  ])('%s is taken for one of kind %s', (text, kind) => {
    expect(guessKind(text).kind).toBe(kind)
  })
})
