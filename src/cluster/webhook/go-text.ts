/** Texts of annotations, read as Go's strconv and encoding/csv read them: the reference is written in Go. */

const TRUE_WORDS: ReadonlySet<string> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const FALSE_WORDS: ReadonlySet<string> = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])

/** SPEC: https://pkg.go.dev/strconv#ParseBool; undefined where that fails. */
export function parseGoBool(text: string): boolean | undefined {
  if (TRUE_WORDS.has(text)) return true
  return FALSE_WORDS.has(text) ? false : undefined
}

const INTEGER = /^[+-]?[0-9]+$/
const LEAST = -(2n ** 63n)
const MOST = 2n ** 63n - 1n

/** SPEC: https://pkg.go.dev/strconv#ParseInt with base 10 and 64 bits; undefined where that fails. */
export function parseGoInteger(text: string): bigint | undefined {
  // 19 digits fit; a longer text may only have zeros in front.
  if (text.length > 64 || !INTEGER.test(text)) return undefined
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text)
  return value >= LEAST && value <= MOST ? value : undefined
}

/**
 * The first record of the text. SPEC: https://pkg.go.dev/encoding/csv with its defaults; undefined where that fails.
 * Fields are as they stand, blanks included.
 */
export function parseCsvRecord(text: string): readonly string[] | undefined {
  const reader = { text: text.replaceAll('\r\n', '\n'), at: 0 }
  while (reader.text[reader.at] === '\n') reader.at += 1
  if (reader.at >= reader.text.length) return undefined
  const fields: string[] = []
  for (;;) {
    const field = reader.text[reader.at] === '"' ? readQuotedField(reader) : readBareField(reader)
    if (field === undefined) return undefined
    fields.push(field)
    const next = reader.text[reader.at]
    if (next === undefined || next === '\n') return fields
    if (next !== ',') return undefined
    reader.at += 1
  }
}

interface CsvReader {
  readonly text: string
  at: number
}

function readBareField(reader: CsvReader): string | undefined {
  const start = reader.at
  for (; reader.at < reader.text.length; reader.at += 1) {
    const unit = reader.text[reader.at]
    if (unit === '"') return undefined
    if (unit === ',' || unit === '\n') break
  }
  const field = reader.text.slice(start, reader.at)
  // A carriage return at the very end of the text ends its line.
  return reader.at === reader.text.length && field.endsWith('\r') ? field.slice(0, -1) : field
}

function readQuotedField(reader: CsvReader): string | undefined {
  let field = ''
  reader.at += 1
  for (;;) {
    const end = reader.text.indexOf('"', reader.at)
    if (end === -1) return undefined
    field += reader.text.slice(reader.at, end)
    reader.at = end + 1
    if (reader.text[reader.at] !== '"') return field
    field += '"'
    reader.at += 1
  }
}
