import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { type Command, Option as Flag } from 'commander'
import { ConfigError } from '../../core/index.ts'
import type { HttpsOptions, SignerOptions } from '../../tools/issuer/index.ts'
import { directoryOf, issuerDirectoryFlag } from '../issuer-flags.ts'
import type { Terminal } from '../terminal.ts'

interface Flags {
  readonly dir?: string
  readonly signer?: string
  readonly socketMode: string
  readonly socketGroup?: string
  readonly maxTokenExpiration?: string
  readonly instance?: string
  readonly https?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly logLevel: (typeof LEVELS)[number]
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

export function addServeIssuer(serve: Command, terminal: Terminal): void {
  serve
    .command('issuer')
    .description("Sign for kube-apiserver as its external signer, serve the issuer's documents over HTTPS, or both.")
    .addOption(issuerDirectoryFlag())
    .option('--signer <unix:PATH>', 'Socket on which kube-apiserver asks: --service-account-signing-endpoint=PATH.')
    .option('--socket-mode <MODE>', 'Permissions of the socket, octal.', '0600')
    .option('--socket-group <GROUP>', 'Group of the socket: a name or a number.')
    .option('--max-token-expiration <DURATION>', 'The longest life of a token; kept in the directory. 24h by default.')
    .option('--instance <NAME>', 'Name under which this signer reports; default made of host and socket.')
    .option('--https <ADDRESS:PORT>', 'Serve discovery document and JWKS there; needs --tls-cert and --tls-key.')
    .option(
      '--tls-cert <FILE>',
      'Certificate of the issuer’s host and those above it, PEM; read again when it changes.',
    )
    .option('--tls-key <FILE>', 'Its private key, PEM.')
    .addOption(new Flag('--log-level <LEVEL>', 'Least severe lines that go to stderr.').choices(LEVELS).default('warn'))
    .action(async (flags: Flags) => {
      const { serveIssuer, servingHost, setMaxToken, untilStopped } = await import('../../tools/issuer/index.ts')
      const directory = directoryOf(flags.dir, terminal.environment)
      const host = servingHost(flags.logLevel, (line) => terminal.err(line))
      if (flags.maxTokenExpiration !== undefined) {
        const { asDuration } = await import('../../config/index.ts')
        await setMaxToken(directory, asDuration(flags.maxTokenExpiration, 'max-token-expiration'))
      }
      const signer = signerOf(flags)
      const https = httpsOf(flags, terminal)
      const served = await serveIssuer(
        {
          directory,
          ...(signer === undefined ? {} : { signer }),
          ...(https === undefined ? {} : { https }),
          ...(flags.instance === undefined ? {} : { instance: flags.instance }),
        },
        host,
      )
      const stopped = untilStopped(served)
      if (served.signer !== undefined) {
        terminal.out(`signing for ${served.issuer} on unix:${served.signer.socket} as ${served.signer.instance}`)
        if (served.signer.refuses !== undefined)
          terminal.err(`openirsa: warning: nothing is signed yet: ${served.signer.refuses}`)
      }
      if (served.https !== undefined)
        terminal.out(`serving ${served.issuer} on https://${served.https.address}:${served.https.port}`)
      await stopped
    })
}

function signerOf({ signer, socketMode, socketGroup }: Flags): SignerOptions | undefined {
  if (signer === undefined) return undefined
  const path = signer.startsWith('unix:') ? signer.slice('unix:'.length).replace(/^\/\/(?=\/)/, '') : ''
  if (!path.startsWith('/'))
    throw new ConfigError(`--signer: expected unix:/PATH, found \`${signer.slice(0, 200)}\``, {
      hint: 'such as unix:/run/openirsa/signer.sock',
    })
  if (!/^0?[0-7]{3}$/.test(socketMode))
    throw new ConfigError(`--socket-mode: expected three octal digits, found \`${socketMode.slice(0, 20)}\``)
  const mode = Number.parseInt(socketMode, 8)
  return socketGroup === undefined ? { path, mode } : { path, mode, groupId: groupIdOf(socketGroup) }
}

/** By number, or by its name in `/etc/group`. */
function groupIdOf(group: string): number {
  if (/^\d{1,10}$/.test(group)) return Number(group)
  const lines = readFileSync('/etc/group', 'utf8').split('\n')
  const found = lines.map((line) => line.split(':')).find(([name]) => name === group)?.[2]
  if (found === undefined || !/^\d+$/.test(found))
    throw new ConfigError(`--socket-group: there is no group \`${group.slice(0, 60)}\``, { hint: 'give its number' })
  return Number(found)
}

function httpsOf({ https, tlsCert, tlsKey }: Flags, terminal: Terminal): HttpsOptions | undefined {
  if (https === undefined) return undefined
  const [, bracketed, plain, port = ''] = /^(?:\[([0-9a-fA-F:]+)\]|([0-9.]+))?:(\d{1,5})$/.exec(https) ?? []
  const address = bracketed ?? plain ?? '0.0.0.0'
  if (isIP(address) === 0 || port === '' || Number(port) > 65_535)
    throw new ConfigError(`--https: expected ADDRESS:PORT, found \`${https.slice(0, 100)}\``, {
      hint: 'such as 0.0.0.0:443',
    })
  if (tlsCert === undefined || tlsKey === undefined)
    throw new ConfigError('--https needs --tls-cert and --tls-key', {
      hint: 'give the certificate of the issuer’s host',
    })
  return {
    address,
    port: Number(port),
    certificateFile: resolve(terminal.workingDirectory, tlsCert),
    keyFile: resolve(terminal.workingDirectory, tlsKey),
  }
}
