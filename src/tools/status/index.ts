/**
 * tools/status: whether an installation runs and where, ending it, removing it.
 * It starts nothing.
 */
export { type InstallationStatus, readStatus, resetInstallation, stopInstallation } from './status.ts'
