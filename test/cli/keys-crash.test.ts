/** `keys rotate` and `keys retire`, killed before each single change of a file: what is run again completes it, and nothing is ever half. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openKeyStore } from '../../src/cluster/key-store/index.ts'
import { instant, seconds } from '../../src/core/index.ts'
import { parseJwkSet } from '../../src/standards/oidc/index.ts'
import { initIssuer, publishIssuer } from '../../src/tools/issuer/index.ts'
import { retireKeys, rotateKeys } from '../../src/tools/keys/index.ts'

const START = Date.parse('2026-03-01T00:00:00Z')
const HOUR = 3_600_000
const ROOT = join(import.meta.dirname, '../..')
const TOOL = pathToFileURL(join(ROOT, 'src/tools/keys/index.ts')).href
const TYPESCRIPT = pathToFileURL(join(ROOT, 'scripts/load-typescript.mjs')).href
const root = mkdtempSync(join(tmpdir(), 'keys-crash-'))
const [work, directory, site] = [join(root, 'work'), join(root, 'work/issuer'), join(root, 'work/site')]
const at = (now: number) => ({ clock: { now: () => instant(now) } })
const rotation = { directory, force: false, dryRun: false, restarted: false }
const retirement = { directory, keyIds: [], force: false, dryRun: false }

const STEPS = [
  { step: 'add', name: 'rotateKeys', options: rotation, now: START, states: ['active', 'next'] },
  { step: 'activate', name: 'rotateKeys', options: rotation, now: START + HOUR, states: ['retiring', 'active'] },
  { step: 'retire', name: 'retireKeys', options: retirement, now: START + 30 * HOUR, states: ['active'] },
] as const

beforeAll(async () => {
  const issuer = 'https://oidc.example.com/c'
  await initIssuer(
    { directory, issuer, keyType: 'ec', mode: 'files', stsCacheSeconds: seconds(3600), maxTokenSeconds: seconds(600) },
    at(START),
  )
  await publishIssuer({ directory, to: [`dir:${site}`] }, at(START))
  cpSync(work, join(root, 'add'), { recursive: true })
  await rotateKeys(rotation, at(START))
  await rotateKeys({ ...rotation, restarted: true }, at(START))
  cpSync(work, join(root, 'activate'), { recursive: true })
  await rotateKeys(rotation, at(START + HOUR))
  await rotateKeys({ ...rotation, restarted: true }, at(START + HOUR))
  cpSync(work, join(root, 'retire'), { recursive: true })
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Whether it was killed: it ends by itself when there are no more changes. */
async function crash(count: number, { name, options, now }: (typeof STEPS)[number]): Promise<boolean> {
  const words = [
    '--import',
    TYPESCRIPT,
    join(import.meta.dirname, 'crash-at.mjs'),
    String(count),
    TOOL,
    name,
    JSON.stringify(options),
    String(now),
  ]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (text: Buffer) => {
    said += text
  })
  const [code, signal] = await once(child, 'close')
  if (signal !== 'SIGKILL' && code !== 0) throw new Error(said)
  return signal === 'SIGKILL'
}

/** What must hold at every moment, also between a crash and what is run next. */
async function holds(): Promise<void> {
  const store = openKeyStore(directory)
  const { keys, retired } = await store.read()
  expect(keys.filter(({ state }) => state === 'active')).toHaveLength(1)
  expect(keys.filter(({ state }) => state === 'next').length).toBeLessThanOrEqual(1)
  for (const { keyId } of keys) expect((await store.readSigningKey(keyId)).keyId).toBe(keyId)
  const published = [...parseJwkSet(readFileSync(join(site, 'keys.json'))).keys.keys()]
  const known = [...keys, ...retired].map(({ keyId }) => keyId)
  expect(published.filter((keyId) => !known.includes(keyId))).toEqual([])
  // Whoever signs can be verified.
  expect(published).toContain(keys.find(({ state }) => state === 'active')?.keyId)
}

describe.each(STEPS)('the step $step', (step) => {
  test('is completed after a crash at any place', { timeout: 600_000 }, async () => {
    let crashes = 0
    for (;;) {
      rmSync(work, { recursive: true, force: true })
      cpSync(join(root, step.step), work, { recursive: true })
      if (!(await crash(crashes + 1, step))) break
      crashes += 1
      await holds()
      const { keys } = await openKeyStore(directory).read()
      const isDone = keys.map(({ state }) => state).join() === step.states.join()
      // What was done already is not done again; its publication is completed.
      if (step.step === 'retire') await retireKeys(retirement, at(step.now))
      else if (isDone) await rotateKeys({ ...rotation, dryRun: step.step === 'activate' }, at(step.now))
      else await rotateKeys(rotation, at(step.now))
      await holds()
      const after = await openKeyStore(directory).read()
      expect(after.keys.map(({ state }) => state)).toEqual(step.states)
      const wanted = after.keys.map(({ keyId }) => keyId).sort()
      expect([...parseJwkSet(readFileSync(join(site, 'keys.json'))).keys.keys()].sort()).toEqual(wanted)
      expect(readdirSync(join(directory, 'keys')).sort()).toEqual(wanted.map((keyId) => `${keyId}.pem`))
    }
    console.log(`note: keys ${step.step}: killed before each of ${crashes} changes, completed each time`)
    expect(crashes).toBeGreaterThan(5)
  })
})
