import type { Comparison } from './model.ts'

interface Order<T> {
  /** Undefined for a text that is no operand. */
  parse(text: string): T | undefined
  /** Negative when the first comes before the second. */
  compare(one: T, other: T): number
}

/** Comparisons of a type with an order: what the request brings stands on the left. */
export function ordered<T>({ parse, compare }: Order<T>): (holds: (order: number) => boolean) => Comparison {
  return (holds) => ({
    reads: 'text',
    compile: (values) => {
      const operands = values.map(parse).filter((operand) => operand !== undefined)
      return (found) => {
        const left = parse(found)
        return left !== undefined && operands.some((right) => holds(compare(left, right)))
      }
    },
  })
}
