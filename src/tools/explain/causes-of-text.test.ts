import { describe, expect, test } from 'vitest'
import { causesOfText } from './causes-of-text.ts'

const namesOf = (text: string): readonly string[] => causesOfText(text).map(({ name }) => name)

describe('an error text', () => {
  test.each([
    [
      'An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity',
      'trust-sub',
    ],
    [
      'InvalidIdentityToken: No OpenIDConnect provider found in your account for https://oidc.eks.eu-west-1.amazonaws.com/id/A',
      'provider-missing',
    ],
    ['No OpenIDConnect provider found in your account for kubernetes/serviceaccount', 'legacy-token'],
    ['Incorrect token audience', 'aud-not-registered'],
    ['Missing a required claim: aud', 'missing-claim'],
    [
      "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
      'jwks-unreachable',
    ],
    ["OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint", 'thumbprint'],
    ['The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)', 'not-a-token'],
    ['The web identity token provided could not be validated.', 'bad-signature'],
    ['Token expired: current date/time 1731098245 must be before the expiration date/time 1731095240', 'expired'],
    [
      'User: arn:aws:sts::000000000000:assumed-role/r/s is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::b/k" because no identity-based policy allows the s3:PutObject action',
      'permission',
    ],
    [
      '… is not authorized to perform: s3:GetObject on resource: "x" with an explicit deny in an identity-based policy',
      'explicit-deny',
    ],
    ['… because no session policy allows the s3:GetObject action', 'session-policy'],
    [
      'User: x is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::1:role/r',
      'wrong-action-or-principal',
    ],
    [
      'Signature expired: 20240101T000000Z is now earlier than 20240101T001000Z (20240101T002500Z - 15 min.)',
      'clock-skew',
    ],
    ['The security token included in the request is invalid.', 'unknown-access-key'],
    ['The AWS Access Key Id you provided does not exist in our records.', 'unknown-access-key'],
    ['The request signature we calculated does not match the signature you provided.', 'signature-mismatch'],
  ])('%s: the likeliest cause is %s', (text, name) => {
    expect(namesOf(text)[0]).toBe(name)
  })

  test('is understood whatever its line breaks, quotes and case', () => {
    expect(namesOf('NOT authorized\n   to perform\tsts:AssumeRoleWithWebIdentity')[0]).toBe('trust-sub')
    expect(namesOf('Couldn’t retrieve verification key')[0]).toBe('jwks-unreachable')
  })

  test('that is nobody’s sentence has no cause', () => {
    expect(namesOf('out of memory')).toEqual([])
    expect(namesOf('')).toEqual([])
  })

  test('that many causes share names each of them once', () => {
    const names = namesOf('Not authorized to perform sts:AssumeRoleWithWebIdentity')
    expect(names.length).toBeGreaterThan(5)
    expect(new Set(names).size).toBe(names.length)
  })
})
