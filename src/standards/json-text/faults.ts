import { parseStrictJson, StrictJsonError } from '../../core/index.ts'
import { positionOf, type TextPosition } from './places.ts'

/** What is wrong with a text that is not JSON, at one place. */
export interface JsonFault extends TextPosition {
  /** `a comma is missing after "Allow"` */
  readonly what: string
}

/** More than these nobody repairs in one go. */
const MOST = 20

/** What keeps a text from being JSON: every comma that is missing, then the first thing that is no missing comma. Empty for JSON. */
export function findJsonFaults(text: string): readonly JsonFault[] {
  const faults: JsonFault[] = []
  let repaired = text
  while (faults.length < MOST) {
    const stop = findStop(repaired)
    if (stop === undefined) break
    const end = endOfTokenBefore(repaired, stop.offset)
    const inserted = faults.length
    if (!isMissingComma(stop, repaired)) {
      faults.push({ ...positionOf(text, stop.offset - inserted), what: wordsOf(stop, repaired) })
      break
    }
    faults.push({
      ...positionOf(text, end - inserted),
      what: `a comma is missing after ${tokenBefore(repaired, end)}`,
    })
    repaired = `${repaired.slice(0, end)},${repaired.slice(end)}`
  }
  return faults
}

interface Stop {
  readonly offset: number
  /** The reader's expectation, without the place. */
  readonly expected: string
}

function findStop(text: string): Stop | undefined {
  try {
    parseStrictJson(text)
    return undefined
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error
    return { offset: error.offset, expected: error.message.replace(/ at offset \d+$/, '') }
  }
}

function isMissingComma({ offset, expected }: Stop, text: string): boolean {
  return expected.includes('a comma or the closing bracket') && /["{[\-0-9tfn]/.test(text[offset] ?? '')
}

function endOfTokenBefore(text: string, offset: number): number {
  let end = offset
  while (end > 0 && ' \t\r\n'.includes(text[end - 1] ?? '')) end -= 1
  return end
}

/** The last few characters, so that one finds the place in any editor. */
function tokenBefore(text: string, end: number): string {
  const line = text.slice(text.lastIndexOf('\n', end - 1) + 1, end)
  const token = /("(?:[^"\\]|\\.)*"|[\w.+-]+|[}\]])$/.exec(line)?.[1] ?? line.trim()
  return token.length > 60 ? `…${token.slice(-59)}` : token
}

const WORDS: readonly (readonly [expected: string, words: string])[] = [
  ['a comma or the closing bracket', 'a comma or a closing bracket is missing'],
  ['a key in double quotes', 'a name in double quotes is missing; the comma before it may be one too many'],
  ['a colon', 'a colon is missing'],
  ['a value', 'a value is missing; the comma before it may be one too many'],
  ['a closing quote', 'a closing quote is missing'],
  ['the end of the text', 'there is more behind the end of the document'],
]

function wordsOf({ offset, expected }: Stop, text: string): string {
  if (offset >= text.length && text.trim() !== '') return 'the text ends early: a closing bracket or quote is missing'
  if (text.trim() === '') return 'the document is empty'
  return WORDS.find(([start]) => expected.includes(start))?.[1] ?? expected
}
