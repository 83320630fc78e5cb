/**
 * tools/env: the administrator's variables for AWS tools, for a shell, a program or a profile.
 * It reads the data directory and nothing else: who may not read that gets nothing.
 */
export { type AdministratorEnvironment, type EnvOptions, readEnvironment } from './environment.ts'
export { renderAwsConfig, renderExports, renderUnset, type Shell } from './shell.ts'
