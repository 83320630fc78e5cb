import { type Command, Option as Flag } from 'commander'
import { asDuration } from '../../config/index.ts'
import { ConfigError, type Seconds } from '../../core/index.ts'
import type { Distribution, InitOptions } from '../../tools/issuer/index.ts'
import { NO, UNKNOWN, YES } from '../ending.ts'
import { outputFlag } from '../flags.ts'
import { readTextOf } from '../input.ts'
import { collect, directoryOf, issuerDirectoryFlag } from '../issuer-flags.ts'
import { type OutputFormat, printResult } from '../render-data.ts'
import { factsForPrograms, renderFacts, renderPublished, renderRecipe, renderVerification } from '../render-issuer.ts'
import type { Terminal } from '../terminal.ts'

export function addIssuer(program: Command, terminal: Terminal): void {
  const issuer = program.command('issuer').description('Make, publish, look at and verify an OIDC issuer of a cluster.')
  addInit(issuer, terminal)
  addShow(issuer, terminal)
  addVerify(issuer, terminal)
  addPublish(issuer, terminal)
}

interface InitFlags {
  readonly issuer: string
  readonly dir?: string
  readonly keyType: InitOptions['keyType']
  readonly existingKey?: string
  readonly existingIssuer?: string
  readonly distro?: Distribution
  readonly signer?: true
  readonly stsCache?: string
  readonly maxAge?: string
  readonly refreshHint?: string
  readonly maxTokenExpiration?: string
  readonly existingTokenExpiration?: string
  readonly output: OutputFormat
}

const DISTRIBUTIONS = ['kubeadm', 'kind', 'k3s', 'rke2', 'talos', 'kops'] as const satisfies readonly Distribution[]

function addInit(issuer: Command, terminal: Terminal): void {
  issuer
    .command('init')
    .description(
      'Make the signing key and say what to change in the cluster, and the way back. Run twice it changes nothing.',
    )
    .requiredOption('--issuer <URL>', 'URL of the issuer: https, without port; where the documents will be published.')
    .addOption(issuerDirectoryFlag())
    .addOption(
      new Flag('--key-type <TYPE>', 'rsa is what every verifier takes, ec signs faster.')
        .choices(['rsa', 'ec'])
        .default('rsa'),
    )
    .option('--existing-key <FILE>', "The cluster's own key file: its tokens stay valid. Needs --existing-issuer.")
    .option('--existing-issuer <URL>', "The cluster's issuer until now; kept second.")
    .addOption(
      new Flag('--distro <NAME>', 'Print the file, the flags and the restart of this distribution.').choices(
        DISTRIBUTIONS,
      ),
    )
    .option('--signer', 'kube-apiserver asks our signer, instead of signing with a key file.')
    .option(
      '--sts-cache <DURATION>',
      'How long AWS STS may keep the JWKS: a new key signs only after that. 24h by default.',
    )
    .option('--max-age <DURATION>', 'How long others may keep the documents. 1h by default.')
    .option('--refresh-hint <DURATION>', 'With --signer: how often kube-apiserver asks for keys. 5m by default.')
    .option('--max-token-expiration <DURATION>', 'The longest life of a token; 24h with --signer, else a year.')
    .option(
      '--existing-token-expiration <DURATION>',
      'The longest life of a token of --existing-key. A year by default.',
    )
    .addOption(outputFlag())
    .action(async (flags: InitFlags) => {
      const { initIssuer, recipeFor, systemIssuerHost } = await import('../../tools/issuer/index.ts')
      const options = await initOptionsOf(flags, terminal)
      const outcome = await initIssuer(options, systemIssuerHost())
      const recipe = flags.distro === undefined ? undefined : recipeFor(flags.distro, outcome)
      const { state } = outcome
      const active = state.keys.find(({ state: part }) => part === 'active')
      const value = {
        directory: outcome.directory,
        created: outcome.isNew,
        issuer: state.issuer,
        jwksUri: state.jwksUri,
        keyId: active?.keyId,
        algorithm: active?.algorithm,
        mode: state.mode,
        ...(recipe === undefined ? {} : { recipe }),
      }
      const table = (): string =>
        [
          `${outcome.isNew ? 'made' : 'found, and left as it is'}: ${outcome.directory}`,
          `issuer   ${state.issuer}`,
          `key      ${active?.keyId} (${active?.algorithm})`,
          `next     openirsa issuer publish --dir ${outcome.directory} --to s3://BUCKET/PREFIX   (or dir:PATH, or serve issuer --https)`,
          ...(recipe === undefined ? [] : ['', renderRecipe(recipe)]),
        ].join('\n')
      await printResult({ value, table }, flags.output, terminal)
    })
}

async function initOptionsOf(flags: InitFlags, terminal: Terminal): Promise<InitOptions> {
  const { existingKey, existingIssuer } = flags
  if ((existingKey === undefined) !== (existingIssuer === undefined))
    throw new ConfigError('--existing-key and --existing-issuer go together', {
      hint: 'kube-apiserver has them as --service-account-key-file and --service-account-issuer',
    })
  const existing =
    existingKey === undefined || existingIssuer === undefined
      ? undefined
      : { file: existingKey, text: await readTextOf(existingKey, terminal), issuer: existingIssuer }
  const durations = {
    stsCacheSeconds: durationOf(flags.stsCache, 'sts-cache'),
    maxAgeSeconds: durationOf(flags.maxAge, 'max-age'),
    refreshHintSeconds: durationOf(flags.refreshHint, 'refresh-hint'),
    maxTokenSeconds: durationOf(flags.maxTokenExpiration, 'max-token-expiration'),
    existingTokenSeconds: durationOf(flags.existingTokenExpiration, 'existing-token-expiration'),
  }
  return {
    directory: directoryOf(flags.dir, terminal.environment),
    issuer: flags.issuer,
    keyType: flags.keyType,
    mode: flags.signer ? 'signer' : 'files',
    ...(existing === undefined ? {} : { existing }),
    ...Object.fromEntries(Object.entries(durations).filter(([, value]) => value !== undefined)),
  }
}

/** From one second: there is nothing that is kept for no time at all. */
function durationOf(text: string | undefined, name: string): Seconds | undefined {
  const read = text === undefined ? undefined : asDuration(text, name)
  if (read === 0) throw new ConfigError(`--${name}: expected one second at least, found \`${text}\``)
  return read
}

interface FetchFlags {
  readonly allowPrivateIssuer: readonly string[]
  readonly caFile?: string
  readonly connectTo?: string
  readonly dir?: string
  readonly output: OutputFormat
}

function addFetchFlags(command: Command): Command {
  return command
    .argument('<URL>', 'The issuer.')
    .option(
      '--allow-private-issuer <HOST>',
      'Host that may be at a private or loopback address. May be given several times.',
      collect,
      [],
    )
    .option('--ca-file <FILE>', 'Certificates to trust instead of those that Node trusts, PEM.')
    .option(
      '--connect-to <ADDRESS:PORT>',
      "Ask there in the place of the issuer's own address: before its name leads there.",
    )
    .addOption(outputFlag())
}

async function fetchOptionsOf(url: string, flags: FetchFlags, terminal: Terminal) {
  const { fetchingHost } = await import('../../tools/issuer/index.ts')
  const ca = flags.caFile === undefined ? undefined : await readTextOf(flags.caFile, terminal)
  const host = fetchingHost({
    issuer: url,
    ...(ca === undefined ? {} : { authorities: ca }),
    ...(flags.connectTo === undefined ? {} : { connectTo: flags.connectTo }),
  })
  const allowPrivateHosts = [...flags.allowPrivateIssuer, ...host.named]
  return {
    options: { issuer: url, allowPrivateHosts, ...(flags.dir === undefined ? {} : { directory: flags.dir }) },
    host,
  }
}

function addShow(issuer: Command, terminal: Terminal): void {
  addFetchFlags(
    issuer
      .command('show')
      .description('Show what an issuer publishes: discovery document, keys, certificate chain, thumbprint.'),
  ).action(async (url: string, flags: FetchFlags) => {
    const { showIssuer } = await import('../../tools/issuer/index.ts')
    const { options, host } = await fetchOptionsOf(url, flags, terminal)
    const facts = await showIssuer(options, host)
    const value = await factsForPrograms(facts)
    await printResult({ value, table: () => renderFacts(value, terminal) }, flags.output, terminal)
    if ('failure' in facts.discovery) process.exitCode = UNKNOWN
  })
}

const CODES = { yes: YES, no: NO, unknown: UNKNOWN } as const

function addVerify(issuer: Command, terminal: Terminal): void {
  addFetchFlags(
    issuer
      .command('verify')
      .description(
        'Fetch an issuer and judge it as AWS STS would, one check a line; exit 1 when it would refuse, 2 when it cannot be told.',
      ),
  )
    .option('--dir <DIR>', "An issuer's directory: what is published must be what it holds.")
    .action(async (url: string, flags: FetchFlags) => {
      const { verifyIssuer } = await import('../../tools/issuer/index.ts')
      const { options, host } = await fetchOptionsOf(url, flags, terminal)
      const verification = await verifyIssuer(options, host)
      await printResult(
        { value: verification, table: () => renderVerification(verification, terminal) },
        flags.output,
        terminal,
      )
      process.exitCode = CODES[verification.verdict]
    })
}

interface PublishFlags {
  readonly dir?: string
  readonly to: readonly string[]
  readonly forget?: string
  readonly dryRun?: true
  readonly outputDir?: string
  readonly region: string
  readonly cloudfront?: true
  readonly output: OutputFormat
}

function addPublish(issuer: Command, terminal: Terminal): void {
  issuer
    .command('publish')
    .description(
      'Publish discovery document and JWKS, read them back and compare. Run twice it writes nothing the second time.',
    )
    .addOption(issuerDirectoryFlag())
    .option(
      '--to <TARGET>',
      'dir:PATH or s3://BUCKET/PREFIX; default wherever it was published before. May be given several times.',
      collect,
      [],
    )
    .option('--forget <TARGET>', 'Publish nothing: wait no more for a place that is gone, as `keys list` names it.')
    .option('--dry-run', 'Publish nothing: write the requests for the AWS CLI and Terraform to --output-dir.')
    .option('--output-dir <DIR>', 'With --dry-run: where the files go.')
    .option('--region <REGION>', 'With --dry-run: region of the bucket.', 'us-east-1')
    .option(
      '--cloudfront',
      'With --dry-run: a private bucket behind CloudFront with a certificate, instead of a public one.',
    )
    .addOption(outputFlag())
    .action(async (flags: PublishFlags) => {
      const { forgetTarget, publishIssuer, systemIssuerHost, writePlan } = await import('../../tools/issuer/index.ts')
      const directory = directoryOf(flags.dir, terminal.environment)
      if (flags.forget !== undefined) {
        await forgetTarget(directory, flags.forget)
        terminal.err(`no key waits for ${flags.forget} any more`)
        return
      }
      if (flags.dryRun) {
        if (flags.outputDir === undefined)
          throw new ConfigError('--dry-run needs --output-dir', { hint: 'name a directory for the files' })
        const { region, outputDir, cloudfront } = flags
        const plan = await writePlan({ directory, to: flags.to, outputDir, region, isPrivate: cloudfront === true })
        const table = (): string =>
          [`wrote ${plan.files.length} files to ${outputDir}; nothing was published`, ...plan.commands].join('\n')
        return printResult({ value: plan, table }, flags.output, terminal)
      }
      const outcomes = await publishIssuer({ directory, to: flags.to }, systemIssuerHost())
      await printResult({ value: outcomes, table: () => renderPublished(outcomes) }, flags.output, terminal)
    })
}
