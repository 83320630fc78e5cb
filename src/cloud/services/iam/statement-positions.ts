import { createSpanFinder, type JsonSpan, positionOf } from '../../../standards/json-text/index.ts'

/** A place in a text, counted from 1. */
export interface Position {
  readonly Line: number
  readonly Column: number
}

export interface Span {
  readonly StartPosition: Position
  readonly EndPosition: Position
}

/** Where each statement of a policy document stands. The text has been parsed before: it is JSON, with one `Statement`. */
export function statementSpans(text: string): readonly Span[] {
  const find = createSpanFinder(text)
  const all = find(['Statement'])
  if (all === undefined) return []
  if (text[all.start] !== '[') return [spanOf(text, all)]
  const spans: Span[] = []
  for (let found = find(['Statement', 0]); found !== undefined; found = find(['Statement', spans.length]))
    spans.push(spanOf(text, found))
  return spans
}

function spanOf(text: string, { start, end }: JsonSpan): Span {
  return { StartPosition: placeOf(text, start), EndPosition: placeOf(text, end) }
}

function placeOf(text: string, offset: number): Position {
  const { line, column } = positionOf(text, offset)
  return { Line: line, Column: column }
}
