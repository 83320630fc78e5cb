import { statSync } from 'node:fs'
import { seconds } from '../../core/index.ts'
import type { AnnotatedIdentity } from './identity.ts'
import type { PodProgram } from './pod-program.ts'
import type { TokenDirectory } from './token-file.ts'

/** What of a container is different on this machine: where its token lies, where it starts, who chose its identity. */

/** SPEC: kube-apiserver gives no token for less. */
const LEAST_EXPIRATION_SECONDS = 600

/** The token as the manifest asks for it. */
export function identityOfProgram(annotated: AnnotatedIdentity, program: PodProgram): AnnotatedIdentity {
  const { audience, expirationSeconds } = program
  return {
    ...annotated,
    ...(audience === undefined ? {} : { audience }),
    ...(expirationSeconds === undefined
      ? {}
      : { expirationSeconds: seconds(Math.max(LEAST_EXPIRATION_SECONDS, expirationSeconds)) }),
  }
}

/** The container's path of its token becomes ours. */
export function localPath(text: string, { tokenPaths }: PodProgram, { tokenFile }: TokenDirectory): string {
  return tokenPaths.includes(text) ? tokenFile : text
}

export function localVariables(program: PodProgram, directory: TokenDirectory): Readonly<Record<string, string>> {
  const pairs = Object.entries(program.variables).map(([name, value]) => [name, localPath(value, program, directory)])
  return Object.fromEntries(pairs)
}

/** SPEC: what a container sets itself the webhook leaves alone; a session name is the container's own affair anyway. */
const OWN_CHOICES = ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_STS_REGIONAL_ENDPOINTS', 'AWS_ROLE_SESSION_NAME'] as const

export function ownChoices({ variables }: PodProgram): Readonly<Record<string, string>> {
  return Object.fromEntries(
    OWN_CHOICES.flatMap((name) => (variables[name] === undefined ? [] : [[name, variables[name]]])),
  )
}

/** The container's working directory, where this machine has it too. */
export function findWorkingDirectory(
  { workingDirectory }: PodProgram,
  { say }: { say(line: string): void },
): string | undefined {
  if (workingDirectory === undefined) return undefined
  if (statSync(workingDirectory, { throwIfNoEntry: false })?.isDirectory() === true) return workingDirectory
  say(`openirsa: the container starts in ${workingDirectory}, which is not here: it starts in the present directory`)
  return undefined
}
