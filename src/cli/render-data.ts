import type { Terminal } from './terminal.ts'

export type OutputFormat = 'table' | 'json' | 'yaml'

/** Prints one result: for programs as JSON in one line or as YAML, for people as `table` says it. */
export async function printResult(
  { value, table }: { readonly value: unknown; readonly table: () => string },
  format: OutputFormat,
  terminal: Pick<Terminal, 'out'>,
): Promise<void> {
  terminal.out(await RENDER[format](value, table))
}

const RENDER = {
  table: async (_value, table) => table(),
  json: async (value) => JSON.stringify(value),
  yaml: async (value) => {
    const { stringify } = await import('yaml')
    return stringify(value, { lineWidth: 0 }).trimEnd()
  },
} as const satisfies Record<OutputFormat, (value: unknown, table: () => string) => Promise<string>>
