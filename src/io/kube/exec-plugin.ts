import { spawn } from 'node:child_process'
import { type Instant, instant, parseStrictJson, Secret } from '../../core/index.ts'
import { KubeError } from './errors.ts'
import type { ExecPlugin, KubeHost } from './model.ts'
import { isRecord } from './status.ts'

/** What a plug-in gave: a token, or a certificate with its key. */
export interface ExecCredential {
  readonly token?: Secret
  readonly certificate?: { readonly certificate: string; readonly key: Secret }
  /** Absent: until the API server refuses it. */
  readonly expiresAt?: Instant
}

/** A plug-in may ask a far server first. */
const LONGEST_RUN_MILLISECONDS = 60_000
const MOST_OUTPUT_BYTES = 1024 * 1024

/**
 * Runs the plug-in, without a terminal, and reads what it prints.
 * SPEC: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 * @throws KubeError `no-credentials`; never with a word of what the plug-in printed
 */
export async function runExecPlugin(
  plugin: ExecPlugin,
  { environment }: Pick<KubeHost, 'environment'>,
): Promise<ExecCredential> {
  const output = await run(plugin, {
    ...environment,
    ...Object.fromEntries(plugin.env),
    KUBERNETES_EXEC_INFO: execInfo(plugin),
  })
  return readCredential(output, plugin)
}

function execInfo({ apiVersion, clusterInfo }: ExecPlugin): string {
  const spec = { interactive: false, ...(clusterInfo === undefined ? {} : { cluster: clusterInfo }) }
  return JSON.stringify({ apiVersion, kind: 'ExecCredential', spec })
}

function run(plugin: ExecPlugin, env: Readonly<Record<string, string>>): Promise<string> {
  const { command, args, installHint } = plugin
  const fault = (why: string, cause?: unknown): KubeError =>
    new KubeError('no-credentials', `the credential plug-in \`${command}\` ${why}`, {}, { hint: hintOf(plugin), cause })
  return new Promise((resolve, reject) => {
    // Names and values that no process can have, a NUL among them, are thrown at once.
    if ([command, ...args, ...Object.entries(env).flat()].some((text) => text.includes('\0')))
      return reject(fault('cannot be run: a NUL is in its words'))
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'ignore'], timeout: LONGEST_RUN_MILLISECONDS })
    const pieces: Buffer[] = []
    let size = 0
    child.stdout.on('data', (piece: Buffer) => {
      size += piece.length
      if (size <= MOST_OUTPUT_BYTES) pieces.push(piece)
      else child.kill('SIGKILL')
    })
    child.on('error', (cause: NodeJS.ErrnoException) => {
      const missing = installHint === undefined ? 'is not there' : `is not there; ${installHint}`
      reject(fault(cause.code === 'ENOENT' ? missing : `cannot be run (${cause.code ?? 'error'})`, cause))
    })
    child.on('close', (code, signal) => {
      if (size > MOST_OUTPUT_BYTES) reject(fault('prints too much'))
      else if (code === 0) resolve(Buffer.concat(pieces).toString('utf8'))
      else reject(fault(code === null ? `was ended by ${signal ?? 'a signal'}` : `ends with exit code ${code}`))
    })
  })
}

function hintOf({ command, args }: ExecPlugin): string {
  return args.length === 0 ? `run \`${command}\` by hand` : `run \`${command}\` with its arguments by hand`
}

function readCredential(output: string, plugin: ExecPlugin): ExecCredential {
  const fault = (why: string): KubeError =>
    new KubeError('no-credentials', `the credential plug-in \`${plugin.command}\` ${why}`, {}, { hint: hintOf(plugin) })
  const answer = parse(output)
  if (!isRecord(answer) || answer.kind !== 'ExecCredential') throw fault('does not print an ExecCredential')
  if (answer.apiVersion !== plugin.apiVersion) throw fault(`does not speak ${plugin.apiVersion}`)
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = isRecord(answer.status)
    ? answer.status
    : {}
  const hasCertificate = typeof clientCertificateData === 'string' && typeof clientKeyData === 'string'
  const hasToken = typeof token === 'string' && token !== ''
  if (!hasToken && !hasCertificate) throw fault('gives neither a token nor a certificate with its key')
  const expiresAt = typeof expirationTimestamp === 'string' ? Date.parse(expirationTimestamp) : undefined
  if (Number.isNaN(expiresAt)) throw fault('gives an expirationTimestamp that is no time')
  return {
    ...(hasToken ? { token: new Secret(token) } : {}),
    ...(hasCertificate ? { certificate: { certificate: clientCertificateData, key: new Secret(clientKeyData) } } : {}),
    ...(expiresAt === undefined ? {} : { expiresAt: instant(expiresAt) }),
  }
}

function parse(output: string): unknown {
  try {
    return parseStrictJson(output)
  } catch {
    // Told by the caller, who knows the plug-in; the output may be a credential.
    return undefined
  }
}
