/**
 * tools/run: a command with the identity of a service account: token file, the webhook's variables, renewal, signals, exit code.
 * It decides nothing about permissions and never falls back to other credentials.
 */
export { sessionName } from './environment.ts'
export { type AnnotatedIdentity, type MintedToken, mint, readIdentity, type WhichCluster } from './identity.ts'
export { type PodProgram, readPodProgram } from './pod-program.ts'
export { type RunHost, type RunOptions, runAs } from './run.ts'
export { systemRunHost } from './system-host.ts'
