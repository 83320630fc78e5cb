/** The most recently used values, at most so many. */
export interface BoundedCache<T> {
  find(key: string): T | undefined
  put(key: string, value: T): void
  remove(key: string): void
  clear(): void
}

export function createBoundedCache<T>(mostEntries: number): BoundedCache<T> {
  // A Map keeps the order of insertion, so that its first key is the one that was longest not used.
  const entries = new Map<string, T>()
  return {
    find: (key) => {
      const value = entries.get(key)
      if (value === undefined) return undefined
      entries.delete(key)
      entries.set(key, value)
      return value
    },
    put: (key, value) => {
      entries.delete(key)
      entries.set(key, value)
      if (entries.size <= mostEntries) return
      const [oldest] = entries.keys()
      if (oldest !== undefined) entries.delete(oldest)
    },
    remove: (key) => {
      entries.delete(key)
    },
    clear: () => entries.clear(),
  }
}
