/** A directory in which one configuration is applied by the real Terraform against one installation. */
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InstallationUnderTest } from '../wire/installation.ts'
import type { FoundTerraform } from './find-terraform.ts'

export type Variables = Readonly<Record<string, unknown>>

export interface Ran {
  readonly code: number
  /** stdout and stderr, as they came. */
  readonly text: string
}

export interface Workspace {
  apply(variables: Variables): Promise<void>
  /** 0: nothing to change; 2: something. Everything is read anew from the APIs. */
  plan(variables: Variables): Promise<Ran>
  destroy(variables: Variables): Promise<void>
  outputs(): Promise<Readonly<Record<string, string>>>
  /** Addresses in the state. */
  state(): Promise<readonly string[]>
  remove(): void
}

export interface WorkspaceParts {
  readonly found: FoundTerraform
  /** A folder beside this file. */
  readonly configuration: string
  readonly account?: string
}

export async function openWorkspace(
  at: InstallationUnderTest,
  { found, configuration, account }: WorkspaceParts,
): Promise<Workspace> {
  const directory = mkdtempSync(join(tmpdir(), 'openirsa-terraform-'))
  cpSync(join(import.meta.dirname, configuration), directory, { recursive: true })
  const settings = join(directory, 'cli.tfrc')
  writeFileSync(settings, settingsOf(found.mirror))
  const environment = environmentOf(at, { settings, directory, account })
  const run = (...words: readonly string[]): Promise<Ran> => runTerraform(words, directory, environment)
  const mustRun = async (...words: readonly string[]): Promise<string> => {
    const { code, text } = await run(...words)
    if (code !== 0) throw new Error(`terraform ${words.join(' ')} ended with ${code}:\n${text}`)
    return text
  }
  const variablesFile = join(directory, 'this-run.tfvars.json')
  const withVariables = (variables: Variables): string => {
    writeFileSync(variablesFile, JSON.stringify(variables))
    return `-var-file=${variablesFile}`
  }
  await mustRun('init', '-input=false', '-no-color')
  return {
    apply: async (variables) => {
      await mustRun('apply', '-auto-approve', '-input=false', '-no-color', withVariables(variables))
    },
    plan: (variables) => run('plan', '-detailed-exitcode', '-input=false', '-no-color', withVariables(variables)),
    destroy: async (variables) => {
      await mustRun('destroy', '-auto-approve', '-input=false', '-no-color', withVariables(variables))
    },
    outputs: async () => {
      const all = JSON.parse(await mustRun('output', '-json')) as Record<string, { value: string }>
      return Object.fromEntries(Object.entries(all).map(([name, { value }]) => [name, value]))
    },
    state: async () => (await mustRun('state', 'list')).split('\n').filter((line) => line !== ''),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}

/** Providers come from the mirror and from nowhere else. */
function settingsOf(mirror: string): string {
  return `disable_checkpoint = true
provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(mirror)}
    include = ["registry.terraform.io/*/*"]
  }
}
`
}

interface Surroundings {
  readonly settings: string
  readonly directory: string
  readonly account: string | undefined
}

/** What `openirsa env` prints, and nothing of this machine's own AWS or Terraform settings. */
function environmentOf(
  at: InstallationUnderTest,
  { settings, directory, account }: Surroundings,
): Record<string, string> {
  const { accessKeyId, secretAccessKey } = at.administrator(account)
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|TF_|.*_proxy$)/i.test(name))
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    TF_CLI_CONFIG_FILE: settings,
    TF_IN_AUTOMATION: '1',
    CHECKPOINT_DISABLE: '1',
    HOME: directory,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey.reveal(),
    AWS_REGION: at.facts.region,
    AWS_DEFAULT_REGION: at.facts.region,
    AWS_ENDPOINT_URL: at.facts.endpoint,
  }
}

function runTerraform(words: readonly string[], directory: string, environment: Record<string, string>): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn('terraform', [...words], {
      cwd: directory,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const parts: Buffer[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => parts.push(part))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? -1, text: Buffer.concat(parts).toString('utf8') }))
  })
}
