import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { seconds } from '../../core/index.ts'
import { parseIssuerUrl, type SigningKey } from '../../standards/oidc/index.ts'
import { generateSigningKey } from '../issuer/index.ts'
import { type IssuerDocument, type IssuerDocuments, renderIssuerDocuments } from '../key-store/index.ts'
import { ForeignKeyError, PublishError } from './errors.ts'
import type { Publisher } from './model.ts'
import { publishDocuments } from './publish.ts'

export interface PublisherUnderTest {
  readonly publisher: Publisher
  close(): Promise<void>
}

const ISSUER = parseIssuerUrl('https://oidc.example.com/clusters/one')
const [one, two, stranger] = [1, 2, 3].map(() => generateSigningKey('ES256')) as [SigningKey, SigningKey, SigningKey]

/** The documents of an issuer with those keys. */
export function documentsOf(keys: readonly SigningKey[], issuer = ISSUER): IssuerDocuments {
  return renderIssuerDocuments({
    issuer,
    jwksUri: `${issuer}/keys.json`,
    mode: 'signer',
    keyAlgorithm: 'ES256',
    times: {
      stsCacheSeconds: seconds(1),
      maxAgeSeconds: seconds(600),
      refreshHintSeconds: seconds(1),
      maxTokenSeconds: seconds(1),
      existingTokenSeconds: seconds(1),
    },
    keys: keys.map(({ keyId, algorithm, publicKey }) => ({
      keyId,
      algorithm,
      publicKey,
      state: 'active',
      origin: 'made',
      madeAt: 0 as never,
    })),
    retired: [],
    publications: [],
    changedAt: 0 as never,
  })
}

const requestOf = (keys: readonly SigningKey[], known = keys) => ({
  issuer: ISSUER,
  documents: documentsOf(keys),
  knownKeyIds: new Set(known.map(({ keyId }) => keyId)),
})

/** What every publisher must do; run by each of them. */
export function testPublisher(name: string, start: () => Promise<PublisherUnderTest>): void {
  describe(`publishing to ${name}`, () => {
    let under: PublisherUnderTest
    beforeEach(async () => {
      under = await start()
    })
    afterEach(() => under.close())

    /** Notes the writes, and fails before the count-th one. */
    const watched = (
      failAt = Number.POSITIVE_INFINITY,
    ): { readonly publisher: Publisher; readonly writes: string[] } => {
      const writes: string[] = []
      const { publisher } = under
      const write = async (document: IssuerDocument): Promise<void> => {
        if (writes.length + 1 >= failAt) throw new Error('the power went')
        writes.push(document.name)
        await publisher.write(document)
      }
      return { publisher: { target: publisher.target, read: publisher.read, write }, writes }
    }

    test('an empty place has no documents', async () => {
      expect(await under.publisher.read(documentsOf([one]).jwks)).toBeUndefined()
    })

    test('writes the JWKS before the discovery document, with their types and lives, and reads them back', async () => {
      const { publisher, writes } = watched()
      const outcome = await publishDocuments(publisher, requestOf([one, two]))
      expect(writes).toEqual(['jwks', 'discovery'])
      expect(outcome.documents.map(({ change }) => change)).toEqual(['created', 'created'])
      expect(outcome.keyIds).toEqual([one.keyId, two.keyId])
      const { jwks, discovery } = documentsOf([one, two])
      for (const { body, contentType, cacheControl, ...document } of [jwks, discovery])
        expect(await publisher.read(document)).toEqual({ body, contentType, cacheControl })
    })

    test('writes nothing the second time', async () => {
      await publishDocuments(under.publisher, requestOf([one]))
      const { publisher, writes } = watched()
      const outcome = await publishDocuments(publisher, requestOf([one]))
      expect(writes).toEqual([])
      expect(outcome.documents.map(({ change }) => change)).toEqual(['unchanged', 'unchanged'])
    })

    test('writes what has changed and nothing else', async () => {
      await publishDocuments(under.publisher, requestOf([one]))
      const { publisher, writes } = watched()
      await publishDocuments(publisher, requestOf([one, two]))
      expect(writes).toEqual(['jwks'])
    })

    test('completes what a crash between the two left', async () => {
      await expect(publishDocuments(watched(2).publisher, requestOf([one]))).rejects.toThrow('the power went')
      const { publisher, writes } = watched()
      await publishDocuments(publisher, requestOf([one]))
      expect(writes).toEqual(['discovery'])
    })

    test('replaces a document that was cut short', async () => {
      const { jwks } = documentsOf([one])
      await under.publisher.write({ ...jwks, body: jwks.body.slice(0, 40) })
      const outcome = await publishDocuments(under.publisher, requestOf([one]))
      expect(outcome.documents.map(({ change }) => change)).toEqual(['updated', 'created'])
    })

    test('mends types and lives', async () => {
      await publishDocuments(under.publisher, requestOf([one]))
      await under.publisher.write({
        ...documentsOf([one]).jwks,
        contentType: 'binary/octet-stream',
        cacheControl: 'no-store',
      })
      const { publisher, writes } = watched()
      await publishDocuments(publisher, requestOf([one]))
      expect(writes).toEqual(['jwks'])
    })

    test('takes out a key of ours that is over', async () => {
      await publishDocuments(under.publisher, requestOf([one, two]))
      const outcome = await publishDocuments(under.publisher, requestOf([two], [one, two]))
      expect(outcome.keyIds).toEqual([two.keyId])
    })

    test('stops at a foreign key, and changes nothing', async () => {
      await publishDocuments(under.publisher, requestOf([one]))
      const { jwks } = documentsOf([one, stranger])
      await under.publisher.write(jwks)
      const { publisher, writes } = watched()
      const refused = await publishDocuments(publisher, requestOf([one, two])).catch((failure: unknown) => failure)
      expect(refused).toBeInstanceOf(ForeignKeyError)
      expect(refused).toMatchObject({ keyIds: [stranger.keyId], message: expect.stringContaining('CRITICAL') })
      expect(writes).toEqual([])
      expect((await under.publisher.read(jwks))?.body).toBe(jwks.body)
    })

    test('knows a foreign key under a name of ours', async () => {
      const { jwks } = documentsOf([stranger])
      await under.publisher.write({ ...jwks, body: jwks.body.replace(stranger.keyId, one.keyId) })
      await expect(publishDocuments(under.publisher, requestOf([one]))).rejects.toBeInstanceOf(ForeignKeyError)
    })

    test('stops at the documents of another issuer', async () => {
      const other = documentsOf([one], parseIssuerUrl('https://oidc.example.com/clusters/two'))
      await under.publisher.write(other.discovery)
      const { publisher, writes } = watched()
      await expect(publishDocuments(publisher, requestOf([one]))).rejects.toThrow('the documents of another issuer')
      expect(writes).toEqual([])
    })

    test('tells when what it wrote does not come back', async () => {
      const { publisher } = under
      const deaf: Publisher = { target: publisher.target, read: publisher.read, write: async () => undefined }
      await expect(publishDocuments(deaf, requestOf([one]))).rejects.toBeInstanceOf(PublishError)
    })
  })
}
