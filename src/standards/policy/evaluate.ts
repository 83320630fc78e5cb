import { foldAction } from './actions.ts'
import { compiled } from './compile.ts'
import { decide, type Grant, type StatementFinder } from './decide.ts'
import type { AuthorizationRequest, Decision, NamedPolicy, Statement } from './model.ts'
import { LEVELS } from './principals.ts'

/** Whether the request is allowed, and by what. A pure function: the same request and policies always give the same decision. */
export function evaluate(request: AuthorizationRequest): Decision {
  return decide(request, new CompiledFinder(request))
}

/** Asks the compiled statements of a policy. A class, so that the many requests share its functions. */
class CompiledFinder implements StatementFinder {
  readonly #request: AuthorizationRequest
  readonly #action: string

  constructor(request: AuthorizationRequest) {
    this.#request = request
    this.#action = foldAction(request.action)
  }

  findDeny({ document }: NamedPolicy): Statement | undefined {
    const request = this.#request
    for (const { statement, fitsAction, fitsResource, levelOf, holds } of compiled(document)) {
      if (statement.effect !== 'Deny' || !fitsAction(this.#action)) continue
      if (levelOf(request) === LEVELS.none || !fitsResource(request.resource, request.keys)) continue
      if (holds(request.keys)) return statement
    }
    return undefined
  }

  findAllow({ document }: NamedPolicy): Grant | undefined {
    const request = this.#request
    let best: Grant | undefined
    for (const { statement, fitsAction, fitsResource, levelOf, holds } of compiled(document)) {
      if (statement.effect !== 'Allow' || !fitsAction(this.#action)) continue
      const level = levelOf(request)
      if (level <= (best?.level ?? LEVELS.none) || !fitsResource(request.resource, request.keys)) continue
      if (!holds(request.keys)) continue
      best = { statement, level }
      if (level === LEVELS.direct) break
    }
    return best
  }
}
