import type { GeneratedStatement } from '../tools/policy/index.ts'
import { printable } from './printable.ts'
import { renderTable } from './render-table.ts'

/** A generated policy, an action and a resource a row. */
export function renderGenerated(statements: readonly GeneratedStatement[]): string {
  return renderTable([
    ['ACTION', 'RESOURCE'],
    ...statements.flatMap(({ Action, Resource }) =>
      Action.flatMap((action) => Resource.map((resource) => [printable(action), printable(resource)])),
    ),
  ])
}
