/**
 * io/installation: an installation as other processes see it: where its files lie, who holds it, its facts and credentials, its own API.
 * It does not start, stop or serve anything.
 */
export { askInstallation, ControlError, type ControlRequest } from './control-client.ts'
export { dataDirectoryPaths } from './data-directory.ts'
export {
  defaultAudienceOf,
  findRunningPid,
  readAdministrators,
  readFacts,
  writeAdministrators,
  writeFacts,
} from './facts.ts'
export { type Lock, takeLock } from './lock.ts'
export type { AdministratorCredentials, DataDirectoryPaths, InstallationFacts } from './model.ts'
