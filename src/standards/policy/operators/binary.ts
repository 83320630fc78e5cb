import type { Comparison } from './model.ts'

/** Base64 is compared as text, as AWS does; nothing is decoded. */
export const binaryEquals: Comparison = {
  reads: 'text',
  compile: (values) => {
    const wanted = new Set(values)
    return (found) => wanted.has(found)
  },
}
