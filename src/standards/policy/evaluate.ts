import { type Candidates, type CompiledStatement, candidatesFor } from './compile.ts'
import { decide, type Grant, type StatementFinder } from './decide.ts'
import type { AuthorizationRequest, Decision, NamedPolicy, Statement } from './model.ts'
import { LEVELS, type Level } from './principals.ts'
import { type IndexEntry, nextNode, type ResourceIndex } from './resource-index.ts'

/** Whether the request is allowed, and by what. A pure function: the same request and policies always give the same decision. */
export function evaluate(request: AuthorizationRequest): Decision {
  return decide(request, new CompiledFinder(request))
}

/** Walks the compiled candidates along the resource. A class, so that all requests share its functions. */
class CompiledFinder implements StatementFinder {
  readonly #request: AuthorizationRequest

  constructor(request: AuthorizationRequest) {
    this.#request = request
  }

  findDeny({ document }: NamedPolicy): Statement | undefined {
    const { deny } = candidatesFor(document, this.#request.action)
    return deny === undefined ? undefined : this.#best(deny, ANY_LEVEL)?.statement
  }

  findAllow({ document }: NamedPolicy): Grant | undefined {
    const { allow } = candidatesFor(document, this.#request.action)
    return allow === undefined ? undefined : this.#best(allow, CLOSEST_LEVEL)
  }

  /** Of the candidates that hold: the one of the highest rank, of those the first in the document. */
  #best({ statements, index }: Candidates, rankOf: (level: Level) => number): Grant | undefined {
    const { resource } = this.#request
    let best: Found | undefined
    let at = 0
    for (let node: ResourceIndex | undefined = index; node !== undefined; node = nextNode(node, resource, at)) {
      at += node.label.length
      for (const entry of node.entries) {
        const candidate = statements[entry.ordinal]
        if (candidate !== undefined) best = this.#better(best, entry, candidate, rankOf)
      }
    }
    return best
  }

  #better(
    best: Found | undefined,
    entry: IndexEntry,
    candidate: CompiledStatement,
    rankOf: (level: Level) => number,
  ): Found | undefined {
    const request = this.#request
    const level = candidate.levelOf(request)
    const rank = rankOf(level)
    if (rank === 0) return best
    if (best !== undefined && (rank < best.rank || (rank === best.rank && entry.ordinal >= best.ordinal))) return best
    const { matcher } = entry
    const fits =
      matcher === undefined
        ? candidate.fitsResource(request.resource, request.keys)
        : matcher(request.resource, request.keys) === true
    if (!fits || !candidate.holds(request.keys)) return best
    return { statement: candidate.statement, level, rank, ordinal: entry.ordinal }
  }
}

interface Found extends Grant {
  readonly rank: number
  readonly ordinal: number
}

/** A Deny is a Deny, however closely it names the requester. */
const ANY_LEVEL = (level: Level): number => (level === LEVELS.none ? 0 : 1)
const CLOSEST_LEVEL = (level: Level): number => level
