/** A whole installation in this process: a data directory of its own, a free port, no way out but the network it is given. */
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AccountId, type Clock, type Region, Secret } from '../../src/core/index.ts'
import { createLog, systemClock, systemRandomness } from '../../src/io/host/index.ts'
import type { Network } from '../../src/io/http/index.ts'
import { dataDirectoryPaths, type InstallationFacts, readAdministrators } from '../../src/io/installation/index.ts'
import { loadLibsql } from '../../src/io/store/libsql.ts'
import { findNodeSqlite } from '../../src/io/store/node-sqlite.ts'
import type { TrailRecord } from '../../src/io/trail/index.ts'
import type { SigningCredentials } from '../../src/standards/sigv4/index.ts'
import type { Installation } from '../../src/tools/up/index.ts'
import { startInstallation } from '../../src/tools/up/start.ts'

export interface InstallationOptions {
  readonly clock?: Clock
  readonly network?: Network
  readonly accounts?: readonly string[]
  readonly region?: string
  readonly demo?: boolean
  readonly allowPrivateIssuers?: readonly string[]
  readonly stsRate?: number
  /** Path of the organization's file. */
  readonly organization?: string
}

export interface InstallationUnderTest {
  readonly facts: InstallationFacts
  readonly port: number
  readonly clock: Clock
  readonly directory: string
  readonly controlToken: string
  /** Of the first account unless another is named. */
  administrator(account?: string): SigningCredentials
  /** Everything in the trail so far, oldest first, data events included. */
  records(): readonly TrailRecord[]
  /** A digest of everything that is kept, but for the trail and the stored refusals: equal when nothing was changed. */
  state(): string
  /** Every byte of every file in the data directory, but for the files that hold keys on purpose. */
  storedBytes(): Promise<Buffer>
  /** Everything that was logged so far, of every level. */
  logged(): string
  /** Stops it and starts it again over the same data directory; the port is another one. */
  restart(): Promise<void>
  /** Stops it and removes its data directory. */
  close(): Promise<void>
}

/** No test may leave this machine: names do not resolve, and nothing is dialled. */
export const noNetwork: Network = {
  lookup: async (hostname) => {
    throw new Error(`the name ${hostname} is not resolved in tests`)
  },
  connect: ({ address }) => {
    throw new Error(`${address} is not dialled in tests`)
  },
}

export const ACCOUNT = '000000000000'
export const REGION = 'us-east-1'

export async function openInstallation(options: InstallationOptions = {}): Promise<InstallationUnderTest> {
  const directory = join(await mkdtemp(join(tmpdir(), 'openirsa-wire-')), 'data')
  const lines: string[] = []
  const log = createLog({ level: 'debug', format: 'json', write: (line) => void lines.push(line) })
  const { clock = systemClock, network = noNetwork } = options
  const start = (): Promise<Installation> =>
    startInstallation(
      {
        dataDirectory: directory,
        port: 0,
        listen: [],
        accounts: (options.accounts ?? [ACCOUNT]) as readonly AccountId[],
        region: (options.region ?? REGION) as Region,
        allowPrivateIssuers: options.allowPrivateIssuers ?? [],
        stsRate: options.stsRate,
        organization: options.organization,
        demo: options.demo ?? false,
      },
      { clock, randomness: systemRandomness, network, log, version: '0.0.0', environment: {} },
    )
  let installation = await start()
  const read = async () => ({
    administrators: await readAdministrators(directory),
    controlToken: (await readFile(dataDirectoryPaths(directory).controlToken, 'utf8')).trim(),
  })
  let kept = await read()
  return {
    get facts() {
      return installation.facts
    },
    get port() {
      return Number(new URL(installation.facts.endpoint).port)
    },
    get controlToken() {
      return kept.controlToken
    },
    clock,
    directory,
    administrator: (account = installation.facts.account) => {
      const found = kept.administrators.find((one) => one.account === account)
      if (found === undefined) throw new Error(`no administrator of ${account}`)
      return { accessKeyId: found.accessKeyId, secretAccessKey: new Secret(found.secretAccessKey) }
    },
    records: () => readRecords(dataDirectoryPaths(directory).store),
    state: () => digestState(dataDirectoryPaths(directory).store),
    storedBytes: () => readFiles(directory),
    logged: () => lines.join(''),
    restart: async () => {
      await installation.close()
      installation = await start()
      kept = await read()
    },
    close: async () => {
      await installation.close()
      await rm(join(directory, '..'), { recursive: true, force: true })
    },
  }
}

/** Through a connection of its own, as an operator's tool would look into the file. */
function query(path: string, look: (rows: (sql: string) => unknown[]) => void): void {
  const connection = (findNodeSqlite() ?? loadLibsql()).open(path)
  try {
    look((sql) => connection.prepare(sql).all([]))
  } finally {
    connection.close()
  }
}

function readRecords(path: string): readonly TrailRecord[] {
  const records: TrailRecord[] = []
  query(path, (rows) => {
    for (const row of rows('select record from trail_events order by id'))
      records.push(JSON.parse((row as { record: string }).record) as TrailRecord)
  })
  return records
}

/** Tables that every call writes to, whatever comes of it. */
const OF_EVERY_CALL = /^(trail_|denials$|iam_last_uses$|sqlite_)/

function digestState(path: string): string {
  const hash = createHash('sha256')
  query(path, (rows) => {
    const tables = rows("select name from sqlite_schema where type = 'table' order by name") as { name: string }[]
    for (const { name } of tables)
      if (!OF_EVERY_CALL.test(name)) hash.update(name + JSON.stringify(rows(`select * from "${name}"`)))
  })
  return hash.digest('hex')
}

/** Files that hold a secret because that is what they are for. */
const KEY_FILES = ['administrators.json', 'control-token']

async function readFiles(directory: string): Promise<Buffer> {
  const parts: Buffer[] = []
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const isKey = KEY_FILES.includes(entry.name) || /[\\/](keys|tls)$/.test(entry.parentPath)
    if (entry.isFile() && !isKey) parts.push(await readFile(join(entry.parentPath, entry.name)))
  }
  return Buffer.concat(parts)
}
