import { type ActionCandidates, type Candidates, type CompiledStatement, candidatesFor } from './compile.ts'
import { decide, type Grant, type StatementFinder } from './decide.ts'
import { beginsWith } from './glob.ts'
import type { AuthorizationRequest, Decision, NamedPolicy, PolicyDocument, Statement } from './model.ts'
import { LEVELS } from './principals.ts'
import { type IndexEntry, nextNode, type ResourceIndex } from './resource-index.ts'

/** Whether the request is allowed, and by what. A pure function: the same request and policies always give the same decision. */
export function evaluate(request: AuthorizationRequest): Decision {
  return decide(request, new CompiledFinder(request))
}

/** Walks the compiled candidates along the resource. A class, so that all requests share its functions. */
class CompiledFinder implements StatementFinder {
  readonly #request: AuthorizationRequest
  /** Each policy is asked for its denies and for its allows, and mostly there is one. */
  #document: PolicyDocument | undefined
  #candidates: ActionCandidates | undefined

  constructor(request: AuthorizationRequest) {
    this.#request = request
  }

  findDeny({ document }: NamedPolicy): Statement | undefined {
    const { deny } = this.#candidatesOf(document)
    return deny === undefined ? undefined : this.#best(deny)?.statement
  }

  findAllow({ document }: NamedPolicy): Grant | undefined {
    const { allow } = this.#candidatesOf(document)
    return allow === undefined ? undefined : this.#best(allow)
  }

  #candidatesOf(document: PolicyDocument): ActionCandidates {
    if (this.#candidates !== undefined && this.#document === document) return this.#candidates
    this.#document = document
    this.#candidates = candidatesFor(document, this.#request.action)
    return this.#candidates
  }

  /** Of the candidates that hold: the one of the highest rank, of those the first in the document. */
  #best({ statements, index }: Candidates): Grant | undefined {
    const { resource } = this.#request
    let best: Found | undefined
    for (let node: ResourceIndex | undefined = index; node !== undefined; node = nextNode(node, resource)) {
      if (node.entries.length === 0) continue
      if (!beginsWith(resource, node.prefix)) break
      const isEnd = node.prefix.length === resource.length
      for (const entry of node.entries) {
        if (entry.rest === 'nothing' && !isEnd) continue
        const candidate = statements[entry.ordinal]
        if (candidate !== undefined) best = this.#better(best, entry, candidate)
      }
    }
    return best
  }

  #better(best: Found | undefined, entry: IndexEntry, candidate: CompiledStatement): Found | undefined {
    const { resource, keys } = this.#request
    const { statement, levelOf, holds } = candidate
    const level = levelOf(this.#request)
    if (level === LEVELS.none) return best
    // A Deny is a Deny, however closely it names the requester.
    const rank = statement.effect === 'Deny' ? LEVELS.direct : level
    const { ordinal, matcher } = entry
    if (best !== undefined && (rank < best.rank || (rank === best.rank && ordinal >= best.ordinal))) return best
    if (entry.rest === 'asked') {
      const fits = matcher === undefined ? candidate.fitsResource(resource, keys) : matcher(resource, keys) === true
      if (!fits) return best
    }
    return holds(keys) ? { statement, level, rank, ordinal } : best
  }
}

interface Found extends Grant {
  readonly rank: number
  readonly ordinal: number
}
