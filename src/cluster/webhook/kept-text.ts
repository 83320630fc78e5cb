import type { JsonValue } from '../../core/index.ts'

const TEXTS = new WeakMap<object, string>()

/** For values that go into many answers and never change. */
export function keepText(value: JsonValue & object): void {
  TEXTS.set(value, JSON.stringify(value))
}

/** The value as JSON. */
export function textOf(value: JsonValue): string {
  const kept = typeof value === 'object' && value !== null ? TEXTS.get(value) : undefined
  return kept ?? JSON.stringify(value)
}
