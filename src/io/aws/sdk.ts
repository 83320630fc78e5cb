import { ConfigError } from '../../core/index.ts'

export interface SdkWanted {
  /** Of the package. */
  readonly name: string
  /** What needs it, such as `--live`. */
  readonly by: string
  /** What can be done without it. */
  readonly otherwise?: string
}

/**
 * A package of the AWS SDK, an optional peer of ours: brought when it is needed, and named when it is missing.
 * @throws ConfigError when it is not installed
 */
export async function loadSdk<Module>(
  { name, by, otherwise }: SdkWanted,
  bring: () => Promise<Module>,
): Promise<Module> {
  try {
    return await bring()
  } catch (cause) {
    throw new ConfigError(`${by} needs the package \`${name}\`, which is not installed`, {
      cause,
      hint: `npm install ${name}${otherwise === undefined ? '' : `; or ${otherwise}`}`,
    })
  }
}

/** Where services that are one for all regions, or tell of every region, have always been. */
const FIRST_REGION = 'us-east-1'

/** A client in the region that is configured, else in the first one of AWS. */
export async function inSomeRegion<Client extends { readonly config: { region(): Promise<string> } }>(
  make: (options: { readonly region?: string }) => Client,
): Promise<Client> {
  const client = make({})
  try {
    await client.config.region()
    return client
  } catch {
    // The one thing that this call throws: no region is configured.
    return make({ region: FIRST_REGION })
  }
}
