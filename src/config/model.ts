/** One option: what it is called everywhere, how its text is read, what it is when nobody says. */
export interface Option<Value> {
  /** Long flag without dashes, also the key in the file; the environment variable is derived from it. */
  readonly name: string
  /** How the value is written in help texts (`PORT`); absent for a switch. */
  readonly placeholder?: string
  /** @throws ConfigError saying what was expected and found */
  readonly parse: (text: string, name: string) => Value
  /** Undefined means: not set. */
  readonly fallback: Value | undefined
  /** May be given several times; `parse` then reads one of them. */
  readonly repeatable?: true
  /** One sentence, for help and reference. */
  readonly summary: string
  /** One value in the configuration file, as JSON Schema; `parse` takes every one of its examples. */
  readonly schema: OptionSchema
}

export interface OptionSchema {
  readonly type: 'string' | 'integer' | 'boolean'
  readonly enum?: readonly string[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly examples: readonly (string | number | boolean)[]
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>

/** What an option table gives: repeatable rows are lists, rows without a fallback may be undefined. */
export type Options<Table extends OptionTable> = {
  readonly [Key in keyof Table]: Table[Key] extends {
    readonly repeatable: true
    readonly parse: (text: string, name: string) => infer Value
  }
    ? readonly Value[]
    : Table[Key] extends { readonly fallback: undefined; readonly parse: (text: string, name: string) => infer Value }
      ? Value | undefined
      : Table[Key] extends { readonly parse: (text: string, name: string) => infer Value }
        ? Value
        : never
}

/** Where values come from; a later one wins: default, file, environment, flag. */
export interface OptionSources {
  readonly flags: Readonly<Record<string, string | readonly string[] | boolean | undefined>>
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Keys of the configuration file, as written. */
  readonly file: Readonly<Record<string, unknown>>
  readonly fileName?: string
}
