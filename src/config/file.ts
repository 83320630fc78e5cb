import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '../core/index.ts'

/** The configuration file that counts: the one named, else `./openirsa.yaml`, else `$XDG_CONFIG_HOME/openirsa/config.yaml`. */
export async function readConfigFile(
  named: string | undefined,
  place: { readonly workingDirectory: string; readonly configHome: string },
): Promise<{ readonly keys: Readonly<Record<string, unknown>>; readonly fileName?: string }> {
  const usual = [join(place.workingDirectory, 'openirsa.yaml'), join(place.configHome, 'openirsa', 'config.yaml')]
  const fileName = named ?? usual.find((path) => existsSync(path))
  if (fileName === undefined) return { keys: {} }
  return { keys: parseKeys(await parseYaml(readText(fileName), fileName), fileName), fileName }
}

function readText(fileName: string): string {
  try {
    return readFileSync(fileName, 'utf8')
  } catch (cause) {
    throw new ConfigError(`the configuration file \`${fileName}\` cannot be read: ${(cause as Error).message}`, {
      cause,
    })
  }
}

async function parseYaml(text: string, fileName: string): Promise<unknown> {
  const { parse } = await import('yaml')
  try {
    return parse(text)
  } catch (cause) {
    throw new ConfigError(
      `the configuration file \`${fileName}\` is not YAML: ${(cause as Error).message.split('\n')[0]}`,
      { cause },
    )
  }
}

function parseKeys(document: unknown, fileName: string): Readonly<Record<string, unknown>> {
  if (document === null || document === undefined) return {}
  if (typeof document === 'object' && !Array.isArray(document)) return document as Record<string, unknown>
  throw new ConfigError(`the configuration file \`${fileName}\` must hold keys and values`)
}
