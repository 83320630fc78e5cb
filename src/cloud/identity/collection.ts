/** Values by key, as they are. */
export interface View<T> {
  get(key: string): T | undefined
  values(): Iterable<T>
}

/** A view with changes laid over it; what lies under it stays as it is until somebody applies them. */
export interface Draft<T> extends View<T> {
  put(value: T): void
  remove(value: T): void
  /** Key to the new value, or to undefined for one that goes. */
  readonly changed: ReadonlyMap<string, T | undefined>
}

export function createDraft<T>(base: View<T>, keyOf: (value: T) => string): Draft<T> {
  const changed = new Map<string, T | undefined>()
  return {
    changed,
    get: (key) => (changed.has(key) ? changed.get(key) : base.get(key)),
    values: () => valuesOf(base, changed, keyOf),
    put: (value) => void changed.set(keyOf(value), value),
    remove: (value) => void changed.set(keyOf(value), undefined),
  }
}

function* valuesOf<T>(
  base: View<T>,
  changed: ReadonlyMap<string, T | undefined>,
  keyOf: (value: T) => string,
): Generator<T> {
  for (const value of base.values()) if (!changed.has(keyOf(value))) yield value
  for (const value of changed.values()) if (value !== undefined) yield value
}
