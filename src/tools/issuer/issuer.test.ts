import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { generateSigningKey, renderSigningKey } from '../../cluster/issuer/index.ts'
import { openKeyStore } from '../../cluster/key-store/index.ts'
import { instant, seconds } from '../../core/index.ts'
import { parseConnectTo } from './connect-to.ts'
import { readExistingKeys } from './existing-keys.ts'
import { type InitOptions, initIssuer } from './init.ts'
import { forgetTarget, publishIssuer } from './publish.ts'
import type { Distribution } from './recipe.ts'
import { recipeFor } from './recipes.ts'

const host = { clock: { now: () => instant(Date.parse('2026-03-01T00:00:00Z')) } }
const ISSUER = 'https://oidc.example.com/c'
const CLUSTER = 'https://kubernetes.default.svc.cluster.local'
let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'issuer-tool-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const existing = generateSigningKey('ES256')
const publicPem = existing.publicKey.export({ type: 'spki', format: 'pem' }).toString()
const init = (more: Partial<InitOptions> = {}) =>
  initIssuer({ directory: join(root, 'issuer'), issuer: ISSUER, keyType: 'ec', mode: 'signer', ...more }, host)
const second = (text: string, issuer = CLUSTER) => ({ existing: { file: 'sa.key', text, issuer } })

describe('issuer init', () => {
  test('run twice changes nothing', async () => {
    const { isNew } = await init(second(publicPem))
    const before = readFileSync(join(root, 'issuer/issuer.json'), 'utf8')
    expect(isNew).toBe(true)
    expect((await init(second(publicPem))).isNew).toBe(false)
    expect(readFileSync(join(root, 'issuer/issuer.json'), 'utf8')).toBe(before)
  })

  test('keeps the cluster’s issuer and key second: verified, and never published as ours', async () => {
    const { state } = await init(second(renderSigningKey(existing)))
    expect(state.existingIssuer).toBe(CLUSTER)
    expect(state.keys.map(({ state: part, origin, isOfAnotherIssuer }) => [part, origin, isOfAnotherIssuer])).toEqual([
      ['active', 'made', undefined],
      ['retiring', 'existing', true],
    ])
    await expect(openKeyStore(join(root, 'issuer')).readSigningKey(existing.keyId)).rejects.toThrow('missing')
  })

  test('for the same issuer lets the cluster’s key sign until the new one is known', async () => {
    const { state } = await init(second(renderSigningKey(existing), ISSUER))
    expect(state.keys.map(({ state: part, origin }) => [part, origin])).toEqual([
      ['active', 'existing'],
      ['next', 'made'],
    ])
    expect((await openKeyStore(join(root, 'issuer')).readSigningKey(existing.keyId)).keyId).toBe(existing.keyId)
  })

  test('for the same issuer needs the private key', async () => {
    await expect(init(second(publicPem, ISSUER))).rejects.toThrow('is not its one private key')
  })

  test.each<[string, Partial<InitOptions>, string]>([
    ['another issuer', { issuer: `${ISSUER}-2` }, 'its URL is'],
    ['another way of signing', { mode: 'files' }, 'its way of signing is'],
    ['another existing issuer', second(publicPem), 'its existing issuer is'],
  ])('refuses %s where there is one already', async (_, more, message) => {
    await init()
    await expect(init(more)).rejects.toThrow(message)
  })

  test.each([
    ['http://oidc.example.com', 'https'],
    ['https://oidc.example.com:8443', 'port'],
    ['https://oidc.example.com/?a=b', 'query'],
    ['oidc.example.com', 'https'],
  ])('refuses the issuer %s', async (issuer) => {
    await expect(init({ issuer })).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringMatching(/^--issuer: /),
    })
  })

  test('refuses tokens of less than ten minutes', async () => {
    await expect(init({ maxTokenSeconds: seconds(599) })).rejects.toThrow('expected 600 s at least')
  })
})

describe('a key file of the cluster', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  test('may hold several keys, private and public, in every form that kube-apiserver reads', () => {
    const pkcs1 = rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
    const { signing, verifying } = readExistingKeys(`${pkcs1}\n${publicPem}`, 'sa')
    expect(signing.map(({ algorithm }) => algorithm)).toEqual(['RS256'])
    expect(verifying.map(({ keyId, algorithm }) => [keyId, algorithm])).toEqual([[existing.keyId, 'ES256']])
  })

  test.each([
    ['nothing', ''],
    ['something else', 'apiVersion: v1'],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
    ['a broken private key', '-----BEGIN PRIVATE KEY-----\nc2VjcmV0Y2FuYXJ5\n-----END PRIVATE KEY-----'],
    ['a broken public key', '-----BEGIN PUBLIC KEY-----\nc2VjcmV0Y2FuYXJ5\n-----END PUBLIC KEY-----'],
    [
      'a weak key',
      generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    ],
    [
      'a key of another kind',
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ],
  ])('that holds %s is refused by its name, and nothing of it is repeated', (_, text) => {
    let message = ''
    try {
      readExistingKeys(text, 'sa.key')
    } catch (failure) {
      message = (failure as Error).message
    }
    expect(message).toContain('sa.key')
    expect(message).not.toContain('canary')
    expect(message).not.toContain('c2VjcmV0')
  })
})

describe('a recipe', () => {
  const recipe = async (distribution: Distribution, mode: InitOptions['mode']) =>
    recipeFor(distribution, await init({ mode, ...second(publicPem) }))
  const text = async (...words: Parameters<typeof recipe>) =>
    (await recipe(...words)).files.map((file) => file.text).join('\n')

  test.each<[Distribution, InitOptions['mode']]>([
    ['kubeadm', 'files'],
    ['kubeadm', 'signer'],
    ['k3s', 'files'],
    ['rke2', 'files'],
    ['talos', 'files'],
    ['kops', 'files'],
  ])('for %s with %s names both issuers, ours first, a restart and the way back', async (distribution, mode) => {
    const made = await recipe(distribution, mode)
    const all = made.files.map((file) => file.text).join('\n')
    expect(all.indexOf(ISSUER)).toBeGreaterThanOrEqual(0)
    expect(all.indexOf(ISSUER)).toBeLessThan(all.indexOf(CLUSTER))
    expect(made.steps.length).toBeGreaterThan(2)
    expect(made.back.length).toBeGreaterThan(0)
  })

  test('with a signer has no key files, and mounts the directory of the socket', async () => {
    const all = await text('kubeadm', 'signer')
    expect(all).toContain('--service-account-signing-endpoint=/run/openirsa/signer.sock')
    expect(all).not.toMatch(/--service-account-(signing-)?key-file=/)
    expect(all).toContain('mountPath: /run/openirsa,')
    expect(all).toContain('ExecStart=/usr/bin/env openirsa serve issuer')
    expect(await text('kind', 'signer')).toContain('containerPath: /run/openirsa')
  })

  test.each<Distribution>(['k3s', 'rke2', 'talos', 'kops'])(
    'for %s with a signer is refused: it always gives key files',
    async (distribution) => {
      await expect(recipe(distribution, 'signer')).rejects.toThrow('key files')
    },
  )
})

describe('issuer publish', () => {
  test.each(['ftp://x', 'dir:', 's3://', 'https://oidc.example.com'])('refuses the target %s', async (target) => {
    await init()
    await expect(publishIssuer({ directory: join(root, 'issuer'), to: [target] }, host)).rejects.toThrow(
      '--to: expected',
    )
  })

  test('to a place that is gone is forgotten when it is said, and not when there was none', async () => {
    await init()
    const directory = join(root, 'issuer')
    await publishIssuer({ directory, to: [`dir:${join(root, 'site')}`] }, host)
    await forgetTarget(directory, `dir:${join(root, 'site')}`)
    expect((await openKeyStore(directory).read()).publications).toEqual([])
    await expect(forgetTarget(directory, 'dir:/nowhere')).rejects.toThrow('was never published to `dir:/nowhere`')
  })

  test('without a target, and none before, says where it could go', async () => {
    await init()
    await expect(publishIssuer({ directory: join(root, 'issuer'), to: [] }, host)).rejects.toMatchObject({
      hint: expect.stringContaining('--to dir:PATH'),
    })
  })
})

test.each([
  ['127.0.0.1:8443', { address: '127.0.0.1', port: 8443 }],
  ['[::1]:443', { address: '::1', port: 443 }],
])('--connect-to %s is an address and a port', (text, place) => {
  expect(parseConnectTo(text)).toEqual(place)
})

test.each(['localhost:1', '127.0.0.1', '127.0.0.1:0', '127.0.0.1:99999', ':1', '::1:443'])(
  '--connect-to %s is refused',
  (text) => {
    expect(() => parseConnectTo(text)).toThrow('--connect-to: expected ADDRESS:PORT')
  },
)
