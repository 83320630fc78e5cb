import { commonStart, type Matcher } from './glob.ts'
import type { PrefixedMatcher, Rest } from './resources.ts'

/** One pattern of one statement; `ordinal` is the statement's place among its candidates. */
export interface IndexEntry {
  readonly ordinal: number
  readonly rest: Rest
  /** Undefined for a statement that must be asked whole. */
  readonly matcher: Matcher | undefined
}

/**
 * A radix tree over the literal starts of patterns: a walk along the resource meets every pattern that can match it, and few others.
 * The walk looks only at the characters where ways part; whoever uses an entry compares `prefix` first, the whole of it.
 */
export interface ResourceIndex {
  /** With what all patterns begin that stand here and below. */
  readonly prefix: string
  readonly entries: readonly IndexEntry[]
  /** By the UTF-16 unit that follows `prefix`. */
  readonly children: ReadonlyMap<number, ResourceIndex> | undefined
}

interface GrowingNode {
  readonly prefix: string
  readonly entries: IndexEntry[]
  children: Map<number, GrowingNode> | undefined
}

export interface IndexedStatement {
  readonly ordinal: number
  /** Undefined when the resource cannot rule the statement out beforehand: NotResource, or no resource at all. */
  readonly patterns: readonly PrefixedMatcher[] | undefined
}

export function growIndex(statements: readonly IndexedStatement[]): ResourceIndex {
  const root = nodeAt('')
  for (const { ordinal, patterns } of statements) {
    if (patterns === undefined) root.entries.push({ ordinal, rest: 'asked', matcher: undefined })
    else for (const { prefix, rest, matcher } of patterns) insert(root, prefix, { ordinal, rest, matcher })
  }
  return root
}

function nodeAt(prefix: string): GrowingNode {
  return { prefix, entries: [], children: undefined }
}

function insert(root: GrowingNode, prefix: string, entry: IndexEntry): void {
  let node = root
  while (node.prefix.length < prefix.length) {
    const unit = prefix.charCodeAt(node.prefix.length)
    node.children ??= new Map()
    const child = node.children.get(unit)
    const common = child === undefined ? prefix.length : commonStart(child.prefix, prefix)
    if (child !== undefined && common === child.prefix.length) node = child
    else {
      const added = nodeAt(prefix.slice(0, common))
      // The ways part inside of what led to the child: it moves below the fork.
      if (child !== undefined) added.children = new Map([[child.prefix.charCodeAt(common), child]])
      node.children.set(unit, added)
      node = added
    }
  }
  node.entries.push(entry)
}

/** The only node below in which patterns may match the resource. */
export function nextNode({ prefix, children }: ResourceIndex, resource: string): ResourceIndex | undefined {
  return children?.get(resource.charCodeAt(prefix.length))
}
