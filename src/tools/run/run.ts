import { type Clock, ConfigError, type Randomness, type Region, type ServiceAccountRef } from '../../core/index.ts'
import { type InstallationFacts, readFacts } from '../../io/installation/index.ts'
import { type CaughtSignals, catchSignals, runChild } from './child.ts'
import { type ChildEnvironment, planEnvironment } from './environment.ts'
import { type AnnotatedIdentity, mint, readIdentity } from './identity.ts'
import { findWorkingDirectory, identityOfProgram, localPath, localVariables, ownChoices } from './pod-here.ts'
import type { PodProgram } from './pod-program.ts'
import { keepFresh } from './renewal.ts'
import { makeTokenDirectory, type TokenDirectory } from './token-file.ts'

export interface RunOptions {
  readonly dataDirectory: string
  readonly serviceAccount: ServiceAccountRef
  /** Name or ARN of the service account's cluster; default the local one. */
  readonly cluster?: string
  /** Wins over the service account's annotation. */
  readonly roleArn?: string
  /** Program and arguments; at least one word. */
  readonly command: readonly string[]
  /** Leaves the caller's AWS profiles in place. */
  readonly keepAwsConfig: boolean
  readonly https: boolean
  /** What the command is in a manifest: its variables, and what it asks of its token. */
  readonly program?: PodProgram
}

export interface RunHost {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly temporaryDirectory: string
  readonly clock: Clock
  readonly randomness: Randomness
  /** One line for people. */
  say(line: string): void
  /** Takes what the command prints; absent, it prints on our own standard output. */
  readonly output?: (text: string) => void
}

/**
 * Runs a command with exactly the identity that the service account has in the cluster.
 * @returns the command's exit code
 * @throws ConfigError or ControlError when the identity cannot be had; the command has not run then
 */
export async function runAs(options: RunOptions, host: RunHost): Promise<number> {
  if (options.command.length === 0)
    throw new ConfigError('no command to run', { hint: 'openirsa run --service-account NS/NAME -- COMMAND …' })
  const facts = await readFacts(options.dataDirectory)
  const which = { directory: options.dataDirectory, cluster: options.cluster }
  const annotated = await readIdentity(which, options.serviceAccount, options.roleArn ?? options.program?.roleArn)
  const identity = options.program === undefined ? annotated : identityOfProgram(annotated, options.program)
  const mintNext = () => mint(which, options.serviceAccount, identity)
  const first = await mintNext()
  // From here on there is something to clean up: no signal may end us before that is done.
  const signals = catchSignals()
  try {
    const directory = makeTokenDirectory(host.temporaryDirectory)
    const { clock, say } = host
    const renewal = keepFresh({ expiresAt: first.expiresAt, clock, mint: mintNext, write: directory.write, say })
    try {
      directory.write(first.token)
      return await runWith({ facts, identity, directory, signals }, options, host)
    } finally {
      renewal.stop()
      directory.remove()
    }
  } finally {
    signals.release()
  }
}

interface Surroundings {
  readonly facts: InstallationFacts
  readonly identity: AnnotatedIdentity
  readonly directory: TokenDirectory
  readonly signals: CaughtSignals
}

function runWith(surroundings: Surroundings, options: RunOptions, host: RunHost): Promise<number> {
  const { variables, withheld } = environmentOf(surroundings, options, host)
  if (withheld.length > 0)
    host.say(`openirsa: kept from the command, because they would win over its service account: ${withheld.join(', ')}`)
  const { say, output } = host
  const { command, program } = options
  const words =
    program === undefined ? command : command.map((word) => localPath(word, program, surroundings.directory))
  const workingDirectory = program === undefined ? undefined : findWorkingDirectory(program, host)
  const plan = {
    command: words,
    environment: variables,
    say,
    ...(output === undefined ? {} : { output }),
    ...(workingDirectory === undefined ? {} : { workingDirectory }),
  }
  return runChild(plan, surroundings.signals)
}

function environmentOf(
  { facts, identity, directory }: Surroundings,
  options: RunOptions,
  host: RunHost,
): ChildEnvironment {
  const { program } = options
  const caller =
    program === undefined ? host.environment : { ...host.environment, ...localVariables(program, directory) }
  const plan = planEnvironment(caller, {
    serviceAccount: options.serviceAccount,
    roleArn: identity.roleArn,
    region: facts.region as Region,
    endpoint: options.https ? facts.httpsEndpoint : facts.endpoint,
    ...(options.https ? { caFile: facts.caFile } : {}),
    tokenFile: directory.tokenFile,
    ...(options.keepAwsConfig ? {} : { emptyFile: directory.emptyFile }),
    sessionSuffix: Buffer.from(host.randomness.bytes(4)).toString('hex'),
    stsRegionalEndpoints: identity.stsRegionalEndpoints,
  })
  return program === undefined ? plan : { ...plan, variables: { ...plan.variables, ...ownChoices(program) } }
}
