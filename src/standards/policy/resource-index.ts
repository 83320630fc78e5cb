import type { Matcher } from './glob.ts'
import type { PrefixedMatcher } from './resources.ts'

/** One pattern of one statement; `ordinal` is the statement's place among its candidates. */
export interface IndexEntry {
  readonly ordinal: number
  /** Undefined for a statement that must be asked whole. */
  readonly matcher?: Matcher
}

/** A radix tree over the literal starts of patterns: a walk along the resource meets every pattern that can match it, and few others. */
export interface ResourceIndex {
  readonly label: string
  readonly entries: readonly IndexEntry[]
  /** By the first UTF-16 unit of their label. */
  readonly children: ReadonlyMap<number, ResourceIndex> | undefined
}

interface GrowingNode {
  label: string
  readonly entries: IndexEntry[]
  children: Map<number, GrowingNode> | undefined
}

export interface IndexedStatement {
  readonly ordinal: number
  /** Undefined when the resource cannot rule the statement out beforehand: NotResource, or no resource at all. */
  readonly patterns: readonly PrefixedMatcher[] | undefined
}

export function growIndex(statements: readonly IndexedStatement[]): ResourceIndex {
  const root: GrowingNode = { label: '', entries: [], children: undefined }
  for (const { ordinal, patterns } of statements) {
    if (patterns === undefined) root.entries.push({ ordinal })
    else for (const { prefix, matcher } of patterns) insert(root, prefix, { ordinal, matcher })
  }
  return root
}

function insert(root: GrowingNode, prefix: string, entry: IndexEntry): void {
  let node = root
  let rest = prefix
  while (rest !== '') {
    node.children ??= new Map()
    const child = node.children.get(rest.charCodeAt(0))
    if (child === undefined) {
      node.children.set(rest.charCodeAt(0), { label: rest, entries: [entry], children: undefined })
      return
    }
    const common = commonStart(child.label, rest)
    if (common < child.label.length) split(child, common)
    rest = rest.slice(common)
    node = child
  }
  node.entries.push(entry)
}

/** The node keeps the start of its label; the rest moves into a child. */
function split(node: GrowingNode, at: number): void {
  const below: GrowingNode = { label: node.label.slice(at), entries: node.entries.splice(0), children: node.children }
  node.label = node.label.slice(0, at)
  node.children = new Map([[below.label.charCodeAt(0), below]])
}

function commonStart(one: string, other: string): number {
  let length = 0
  while (length < one.length && length < other.length && one[length] === other[length]) length += 1
  return length
}

/** The next node along the resource, or undefined; `at` is how much of it lies behind. */
export function nextNode(node: ResourceIndex, resource: string, at: number): ResourceIndex | undefined {
  const child = node.children?.get(resource.charCodeAt(at))
  return child !== undefined && resource.startsWith(child.label, at) ? child : undefined
}
