/** Where everything of an installation lies below its data directory (mode 0700; files 0600, but for the public CA certificate). */
export interface DataDirectoryPaths {
  readonly directory: string
  readonly store: string
  readonly objects: string
  readonly certificates: string
  readonly keys: string
  readonly facts: string
  readonly administrators: string
  readonly controlToken: string
  /** References to real clusters that were added. */
  readonly clusters: string
  readonly lock: string
  readonly log: string
}

/** What `up -o json` prints when it is ready, and what every other command needs to find it. */
export interface InstallationFacts {
  readonly endpoint: string
  readonly httpsEndpoint: string
  readonly caFile: string
  readonly issuer: string
  /** The first account is the default one. */
  readonly account: string
  readonly accounts: readonly string[]
  readonly region: string
  readonly pid: number
}

/** Credentials of an account's administrator. They stand in a 0600 file and are printed by `env` alone. */
export interface AdministratorCredentials {
  readonly account: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}
