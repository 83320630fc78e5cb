/** One flag in the forms of Go's pflag: what kind its value is, what it is when nobody says. Its name is its key in the table. */
export interface Pflag<Kind extends PflagKind = PflagKind> {
  readonly kind: Kind
  /** One letter, for `-v`. */
  readonly shorthand?: string
  readonly fallback: PflagValue[Kind]
  /** Least and most, for integers and durations. */
  readonly between?: readonly [least: number, most: number]
  /** The only words that are taken. */
  readonly choices?: readonly string[]
  /** One sentence, for help and reference. */
  readonly summary: string
}

export interface PflagValue {
  readonly boolean: boolean
  readonly integer: number
  readonly text: string
  /** Milliseconds. */
  readonly duration: number
}

export type PflagKind = keyof PflagValue
export type PflagTable = Readonly<Record<string, Pflag>>

/** What a table gives: every flag has a value, given or its fallback. */
export type PflagValues<Table extends PflagTable> = {
  readonly [Name in keyof Table]: Table[Name] extends { readonly kind: infer Kind extends PflagKind }
    ? PflagValue[Kind]
    : never
}
