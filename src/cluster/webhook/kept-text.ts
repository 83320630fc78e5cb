import type { JsonValue } from '../../core/index.ts'

const TEXTS = new WeakMap<object, string>()

/** For values that go into many answers and never change. */
export function keepText(value: JsonValue & object): void {
  TEXTS.set(value, renderAscii(value))
}

/** The value as `renderAscii` writes it. */
export function textOf(value: JsonValue): string {
  const kept = typeof value === 'object' && value !== null ? TEXTS.get(value) : undefined
  return kept ?? renderAscii(value)
}

/** JSON in ASCII, whatever it says: a letter is a byte then, and nobody has to count them. RFC 8259 §7. */
export function renderAscii(value: JsonValue): string {
  const text = JSON.stringify(value)
  return ASCII.test(text) ? text : text.replaceAll(/[^ -~]/g, escapeLetter)
}

const ASCII = /^[ -~]*$/

function escapeLetter(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
}
