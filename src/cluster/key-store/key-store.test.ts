import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { instant, seconds } from '../../core/index.ts'
import { keyIdOf, parseIssuerUrl, parseJwkSet } from '../../standards/oidc/index.ts'
import { generateSigningKey } from '../issuer/index.ts'
import { renderIssuerDocuments } from './documents.ts'
import { createKeyStore, type KeyStore, openKeyStore } from './key-store.ts'
import type { IssuerState, SignerReport } from './model.ts'
import { parseIssuerState, parseSignerReport, renderIssuerState, renderSignerReport } from './state-file.ts'

const NOW = instant(Date.parse('2026-03-01T00:00:00Z'))
let root: string
let directory: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'key-store-'))
  directory = join(root, 'issuer')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function begin(mode: IssuerState['mode'] = 'signer') {
  const key = generateSigningKey('ES256')
  const { keyId, algorithm, publicKey } = key
  const state: IssuerState = {
    issuer: parseIssuerUrl('https://oidc.example.com/c'),
    jwksUri: 'https://oidc.example.com/c/keys.json',
    existingIssuer: 'https://kubernetes.default.svc.cluster.local',
    mode,
    keyAlgorithm: 'ES256',
    times: {
      stsCacheSeconds: seconds(60),
      maxAgeSeconds: seconds(60),
      refreshHintSeconds: seconds(60),
      maxTokenSeconds: seconds(3600),
      existingTokenSeconds: seconds(3600),
    },
    keys: [{ keyId, algorithm, publicKey, state: 'active', origin: 'made', madeAt: NOW, activatedAt: NOW }],
    retired: [],
    publications: [{ target: 'dir:/x', publishedAt: NOW, maxAgeSeconds: seconds(60), since: new Map([[keyId, NOW]]) }],
    changedAt: NOW,
  }
  return { key, state }
}

async function made(
  mode: IssuerState['mode'] = 'signer',
): Promise<{ readonly store: KeyStore; readonly keyId: string }> {
  const { key, state } = begin(mode)
  const { store } = await createKeyStore(directory, async () => ({ state, keys: [key] }))
  return { store, keyId: key.keyId }
}

const names = (path: string): readonly string[] => readdirSync(path).sort()

describe('the directory of an issuer', () => {
  test('is for its owner alone, and so is every file in it', async () => {
    await made('files')
    for (const path of [directory, join(directory, 'keys'), join(directory, 'signers')])
      expect(statSync(path).mode & 0o777).toBe(0o700)
    for (const name of ['issuer.json', 'signing.key', 'verification.pub'])
      expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600)
    for (const name of names(join(directory, 'keys')))
      expect(statSync(join(directory, 'keys', name)).mode & 0o777).toBe(0o600)
  })

  test('is found, not made anew, by whoever makes it again', async () => {
    const { keyId } = await made()
    const again = await createKeyStore(directory, () => Promise.reject(new Error('nothing may be made')))
    expect(again.isNew).toBe(false)
    expect((await again.store.read()).keys.map((key) => key.keyId)).toEqual([keyId])
  })

  test('holds no private key in its state file', async () => {
    const { store, keyId } = await made()
    const text = readFileSync(join(directory, 'issuer.json'), 'utf8')
    expect(text).not.toContain('PRIVATE')
    const key = await store.readSigningKey(keyId)
    expect(text).not.toContain(String(key.privateKey.export({ format: 'jwk' }).d))
  })

  test('that is open to others is refused', async () => {
    const { store } = await made()
    chmodSync(join(directory, 'issuer.json'), 0o644)
    await expect(store.read()).rejects.toThrow('is open to others')
  })

  test('that is not there is named, with the way out', async () => {
    await expect(openKeyStore(join(root, 'none')).read()).rejects.toMatchObject({
      message: `there is no issuer in \`${join(root, 'none')}\``,
      hint: 'make one with `openirsa issuer init`, or name its directory with --dir',
    })
    await expect(openKeyStore(join(root, 'none')).update((state) => state)).rejects.toThrow('there is no issuer')
  })

  test('gives no key that is not the one it is named by', async () => {
    const { store, keyId } = await made()
    const other = generateSigningKey('ES256')
    writeFileSync(join(directory, 'keys', `${keyId}.pem`), other.privateKey.export({ type: 'pkcs8', format: 'pem' }))
    await expect(store.readSigningKey(keyId)).rejects.toThrow(`is the key \`${other.keyId}\``)
    rmSync(join(directory, 'keys', `${keyId}.pem`))
    await expect(store.readSigningKey(keyId)).rejects.toThrow('is missing')
  })

  test('clears away a private key that a crash left without a name', async () => {
    const { store, keyId } = await made()
    await store.writeSigningKey(generateSigningKey('ES256'))
    expect(names(join(directory, 'keys'))).toHaveLength(2)
    await store.update((state) => state)
    expect(names(join(directory, 'keys'))).toEqual([`${keyId}.pem`])
  })

  test('lets many change it, one after the other, and loses nothing', async () => {
    const { store } = await made()
    const add = (count: number) =>
      openKeyStore(directory).update((state) => ({
        ...state,
        retired: [...state.retired, { keyId: `k${count}`, retiredAt: NOW }],
      }))
    await Promise.all(Array.from({ length: 8 }, (_, count) => add(count)))
    expect((await store.read()).retired).toHaveLength(8)
    expect(existsSync(join(directory, 'lock'))).toBe(false)
  })

  test('keeps the old state when a change fails', async () => {
    const { store } = await made()
    const before = readFileSync(join(directory, 'issuer.json'), 'utf8')
    await expect(store.update(() => Promise.reject(new Error('crash')))).rejects.toThrow('crash')
    expect(readFileSync(join(directory, 'issuer.json'), 'utf8')).toBe(before)
    await store.update((state) => ({ ...state, retired: [] }))
  })

  test('has for kube-apiserver the key that signs and everything that verifies', async () => {
    const { store, keyId } = await made('files')
    const next = generateSigningKey('ES256')
    await store.update(async (state) => {
      await store.writeSigningKey(next)
      const { algorithm, publicKey } = next
      return {
        ...state,
        keys: [...state.keys, { keyId: next.keyId, algorithm, publicKey, state: 'next', origin: 'made', madeAt: NOW }],
      }
    })
    const verification = readFileSync(join(directory, 'verification.pub'), 'utf8')
    expect(verification.match(/BEGIN PUBLIC KEY/g)).toHaveLength(2)
    expect(verification).not.toContain('PRIVATE')
    const { privateKey } = await store.readSigningKey(keyId)
    expect(readFileSync(join(directory, 'signing.key'), 'utf8')).toBe(
      privateKey.export({ type: 'pkcs8', format: 'pem' }),
    )
  })
})

describe('what is written', () => {
  test('is read back equal: the state', () => {
    const { state } = begin()
    const { publicKey: _, ...key } = state.keys[0]!
    const back = parseIssuerState(renderIssuerState(state), 'issuer.json')
    expect(back).toMatchObject({ ...state, keys: [key] })
    expect(keyIdOf(back.keys[0]!.publicKey)).toBe(key.keyId)
  })

  test('is read back equal: a report', () => {
    const report: SignerReport = {
      instance: 'a',
      reportedAt: NOW,
      askedAt: NOW,
      signsWith: 'k',
      known: new Map([['k', NOW]]),
      signedUntil: new Map([['k', NOW]]),
    }
    expect(parseSignerReport(renderSignerReport(report), 'a.json')).toEqual(report)
  })

  test.each([
    ['nothing', ''],
    ['half of it', '{"version":1,"issuer":'],
    ['another version', '{"version":2}'],
    ['a key under a wrong name', (text: string) => text.replaceAll(/"keyId": "[^"]+"/g, '"keyId": "other"')],
    ['two active keys', (text: string) => text],
    [
      'a private text in place of a time',
      (text: string) => text.replace(/"changedAt": "[^"]+"/, '"changedAt": "soon"'),
    ],
  ])('is refused when it is damaged: %s', (name, change) => {
    const { state } = begin()
    const other = begin().state.keys[0]!
    const text = renderIssuerState(name === 'two active keys' ? { ...state, keys: [...state.keys, other] } : state)
    const damaged = typeof change === 'string' ? change : change(text)
    expect(() => parseIssuerState(damaged, 'issuer.json')).toThrow(/issuer\.json/)
  })

  test('as JWKS has public members alone, and leaves out keys of another issuer', () => {
    const { state } = begin()
    const foreign = { ...begin().state.keys[0]!, isOfAnotherIssuer: true, state: 'retiring' as const }
    const { jwks, discovery } = renderIssuerDocuments({ ...state, keys: [...state.keys, foreign] })
    expect([...parseJwkSet(jwks.body).keys.keys()]).toEqual([state.keys[0]!.keyId])
    expect(Object.keys(JSON.parse(jwks.body).keys[0]).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
    expect(JSON.parse(discovery.body)).toEqual({
      issuer: 'https://oidc.example.com/c',
      jwks_uri: 'https://oidc.example.com/c/keys.json',
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    })
    expect([jwks.contentType, discovery.contentType]).toEqual(['application/jwk-set+json', 'application/json'])
  })
})
