/**
 * tools/credentials: a service account's temporary credentials for programs of this machine: once, as a credential process, or from an
 * endpoint that renews them. It stores none, and gives them to nobody but its caller.
 */
export { type CredentialsOptions, type ObtainedCredentials, obtainCredentials } from './obtain.ts'
export { credentialVariables, renderProcessCredentials, renderProfile } from './render.ts'
export { type ServedCredentials, type ServedHost, startServing } from './serve.ts'
export { systemCredentialsHost } from './system-host.ts'
