import { describe, expect, it } from 'vitest'
import { Secret, SignatureError } from '../../../src/core/index.ts'
import { presignRequest, signRequest } from '../../../src/standards/sigv4/index.ts'
import { suiteCases, verifyCase } from './aws-suite.ts'

const isUnsignedToken = (one: { omitsSessionToken: boolean; form: string }) =>
  one.omitsSessionToken && one.form === 'query'
const good = suiteCases.filter((one) => !isUnsignedToken(one))

describe('the signing suite of AWS', () => {
  it('has 38 cases in two forms', () => {
    expect(suiteCases.length).toBe(76)
    expect(good.length).toBe(75)
  })

  it.each(good)('$name ($form) is accepted', (suite) => {
    expect(verifyCase(suite)).toMatchObject({
      form: suite.form,
      accessKeyId: 'AKIDEXAMPLE',
      signature: suite.signature,
      requestDate: '20150830T123600Z',
    })
  })

  it('a session token in the query that is not signed is refused', () => {
    const [suite] = suiteCases.filter(isUnsignedToken)
    expect(() => verifyCase(suite!)).toThrow(expect.objectContaining({ reason: 'mismatch' }))
  })

  it.each(good)('$name ($form) under another key is refused, with its canonical request', (suite) => {
    const other = suiteCases[0]!.credentials.secretAccessKey.reveal().replace('w', 'v')
    try {
      verifyCase(suite, { secret: new Secret(other) })
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(SignatureError)
      const { reason, facts } = error as SignatureError
      expect(reason).toBe('mismatch')
      expect(facts.stringToSign).toBe(suite.stringToSign)
      if (suite.credentials.sessionToken === undefined) expect(facts.canonicalRequest).toBe(suite.canonicalRequest)
      else expect(facts.canonicalRequest).not.toContain(suite.credentials.sessionToken)
    }
  })
})

describe('what we sign', () => {
  // Where the token stays outside the signature, where the path is not normalised for a service that is not S3, we sign otherwise.
  const ours = good.filter((one) => !one.omitsSessionToken && one.pathStyle === 'normalized')

  it.each(ours.filter(({ form, signsBody }) => form === 'header' && !signsBody))(
    '$name in the header is what AWS signs',
    (suite) => {
      const headers = signRequest(suite.unsigned, { ...optionsOf(suite), bodySha256: suite.bodySha256 })
      expect(headers.at(-1)?.[1]).toContain(`Signature=${suite.signature}`)
      verifyCase(suite, { head: { ...suite.unsigned, headers } })
    },
  )

  it.each(ours.filter(({ form, signsBody }) => form === 'query' && !signsBody))(
    '$name in the query is what AWS signs',
    (suite) => {
      const query = presignRequest(suite.unsigned, {
        ...optionsOf(suite),
        bodySha256: suite.bodySha256,
        expiresSeconds: suite.expiresSeconds,
      })
      expect(query).toContain(`X-Amz-Signature=${suite.signature}`)
      verifyCase(suite, { head: { ...suite.unsigned, query } })
    },
  )
})

function optionsOf({ credentials, now }: (typeof suiteCases)[number]) {
  return { credentials, now, scope: { region: 'us-east-1', service: 'service' } }
}
