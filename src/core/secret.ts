import { inspect } from 'node:util'

/**
 * A value that cannot be printed by accident: `toString`, `toJSON` and `util.inspect` all answer `[secret]`.
 * INVARIANT: keys, tokens that open something, and secret access keys are held as `Secret` and nothing else.
 */
export class Secret<T = string> {
  readonly #value: T

  constructor(value: T) {
    this.#value = value
  }

  /** The value itself; write this word only where the value is used, never where it is kept. */
  reveal(): T {
    return this.#value
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}
