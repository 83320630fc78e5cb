/** A place in a text, counted from 1. */
export interface Position {
  readonly Line: number
  readonly Column: number
}

export interface Span {
  readonly StartPosition: Position
  readonly EndPosition: Position
}

/** A string as a whole, or one bracket. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]]/g

/** Where each statement of a policy document stands. The text has been parsed before: it is JSON, with one `Statement`. */
export function statementSpans(text: string): readonly Span[] {
  const spans: Span[] = []
  const open: number[] = []
  let key = ''
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token.startsWith('"')) {
      if (open.length === 1) key = token
      continue
    }
    if (token === '{' || token === '[') {
      open.push(index)
      continue
    }
    const start = open.pop() ?? 0
    if (key === '"Statement"' && token === '}' && isStatement(text, open))
      spans.push({ StartPosition: positionOf(text, start), EndPosition: positionOf(text, index + 1) })
  }
  return spans
}

/** Within the document alone, or within the document's list of statements. */
function isStatement(text: string, around: readonly number[]): boolean {
  const [, list] = around
  return around.length === 1 || (around.length === 2 && list !== undefined && text[list] === '[')
}

function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  return { Line: before.split('\n').length, Column: offset - before.lastIndexOf('\n') }
}
