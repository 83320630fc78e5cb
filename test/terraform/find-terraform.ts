/** What this machine has of Terraform, found by looking: nothing is downloaded. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const REGISTRY = 'registry.terraform.io'

export interface FoundTerraform {
  readonly version: string
  /** A directory in the layout of `terraform providers mirror`. */
  readonly mirror: string
  /** Providers in it, such as `hashicorp/aws`. */
  readonly providers: ReadonlySet<string>
}

/** Terraform and a mirror with the provider `hashicorp/aws`, or the reason why there is none. */
export function findTerraform(environment: Readonly<Record<string, string | undefined>>): FoundTerraform | string {
  const version = versionOf()
  if (version === undefined) return 'this machine has no `terraform`'
  const places = mirrorsOf(environment)
  const mirror = places.find((place) => providersIn(place).has('hashicorp/aws'))
  if (mirror === undefined)
    return 'this machine has no mirror with the provider hashicorp/aws; make one with `terraform providers mirror DIR` and name it in OPENIRSA_TERRAFORM_PLUGINS'
  return { version, mirror, providers: providersIn(mirror) }
}

/** What is named wins; then Terraform's own cache and implied mirrors. */
function mirrorsOf(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const { OPENIRSA_TERRAFORM_PLUGINS: named, TF_PLUGIN_CACHE_DIR: cache } = environment
  if (named !== undefined && named !== '') return [named]
  const data = [environment.XDG_DATA_HOME ?? join(homedir(), '.local/share'), '/usr/local/share', '/usr/share']
  return [
    ...(cache === undefined || cache === '' ? [] : [cache]),
    join(homedir(), '.terraform.d/plugins'),
    ...data.map((place) => join(place, 'terraform/plugins')),
  ]
}

function providersIn(mirror: string): ReadonlySet<string> {
  const registry = join(mirror, REGISTRY)
  return new Set(
    namesIn(registry).flatMap((owner) => namesIn(join(registry, owner)).map((provider) => `${owner}/${provider}`)),
  )
}

function namesIn(directory: string): readonly string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
}

function versionOf(): string | undefined {
  try {
    const text = execFileSync('terraform', ['version', '-json'], {
      env: { ...process.env, TF_CLI_CONFIG_FILE: '/dev/null', CHECKPOINT_DISABLE: '1' },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return (JSON.parse(text) as { terraform_version: string }).terraform_version
  } catch {
    // Not there, or not one that runs: both are the same to us.
    return undefined
  }
}
