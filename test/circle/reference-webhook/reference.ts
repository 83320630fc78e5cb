import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { instant } from '../../../src/core/index.ts'
import { mintAuthority, mintServer } from '../../../src/io/http/mint-certificate.ts'

/** One life of the reference webhook: what its cluster holds, and what it is asked. */
export interface ReferenceJob {
  readonly flags: readonly string[]
  readonly serviceAccounts: readonly object[]
  readonly configMaps: readonly object[]
  /** For `--watch-container-credentials-config`. */
  readonly containerCredentials?: object
  /** Reviews that get a patch as soon as everything is read. */
  readonly canaries: readonly ReferenceCall[]
  readonly reviews: readonly ReferenceCall[]
}

export interface ReferenceCall {
  readonly contentType?: string
  readonly body: string
}

export interface ReferenceAnswer {
  readonly status: number
  readonly text: string
}

/** The binary, or why there is none. Building it takes minutes, once. */
export function findReference(): { readonly binary: string } | { readonly missing: string } {
  const { status, stdout } = spawnSync(process.execPath, [join(import.meta.dirname, 'build.mjs')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return status === 0 ? { binary: stdout.trim() } : { missing: 'the reference webhook cannot be built: it needs Go' }
}

/** Answers in the order of the reviews. @throws when the reference ends or never gets ready */
export async function askReference(binary: string, job: ReferenceJob): Promise<readonly ReferenceAnswer[]> {
  const directory = mkdtempSync(join(tmpdir(), 'reference-webhook-'))
  try {
    const files = await writeCertificates(directory)
    const watched = join(directory, 'identities.json')
    if (job.containerCredentials !== undefined) writeFileSync(watched, JSON.stringify(job.containerCredentials))
    const flags =
      job.containerCredentials === undefined
        ? job.flags
        : [...job.flags, `--watch-container-credentials-config=${watched}`]
    const child = startDriver()
    child.stdin?.end(JSON.stringify({ ...job, ...files, flags, binary }))
    if (child.stdout === null) throw new Error('the driver has no output')
    const said = (await json(child.stdout)) as { answers?: readonly ReferenceAnswer[]; failure?: string }
    if (said.answers === undefined) throw new Error(said.failure)
    return said.answers
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** In a network of its own where that can be had; what it starts ends with it. */
function startDriver(): ChildProcess {
  const driver = [process.execPath, join(import.meta.dirname, 'drive.mjs')]
  const isolated = ['unshare', '--net', '--', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', ...driver]
  const [program = '', ...words] = canIsolate() ? isolated : driver
  return spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] })
}

function canIsolate(): boolean {
  return spawnSync('unshare', ['--net', '--', 'ip', 'link', 'set', 'lo', 'up'], { stdio: 'ignore' }).status === 0
}

async function writeCertificates(directory: string): Promise<{ caFile: string; certFile: string; keyFile: string }> {
  const randomness = { bytes: (count: number) => randomBytes(count), uuid: () => randomUUID() }
  const now = Date.now()
  const options = { notBefore: instant(now - 60_000), notAfter: instant(now + 3_600_000), randomness }
  const authority = await mintAuthority({ ...options, commonName: 'test' })
  const server = await mintServer(authority, ['127.0.0.1'], { ...options, commonName: '127.0.0.1' })
  const write = (name: string, text: string) => {
    const file = join(directory, name)
    writeFileSync(file, text, { mode: 0o600 })
    return file
  }
  return {
    caFile: write('ca.pem', authority.cert),
    certFile: write('tls.crt', server.cert),
    keyFile: write('tls.key', server.key),
  }
}
