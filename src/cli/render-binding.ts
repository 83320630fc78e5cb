import type { Plan, Step } from '../tools/binding/index.ts'
import { renderTable } from './render-table.ts'
import type { Terminal } from './terminal.ts'

/** The plan for people, and what to do with it. */
export function renderPlan({ steps }: Plan, changed: number, terminal: Pick<Terminal, 'paint'>): string {
  const rows = steps.map(({ phase, action, what }) => [phase, action === 'none' ? '-' : action, what])
  const end =
    changed === 0
      ? 'Nothing to do.'
      : `${changed} ${changed === 1 ? 'change' : 'changes'}; nothing is done yet: add --yes to do it.`
  return `${renderTable(rows)}\n\n${terminal.paint('bold', end)}`
}

const DONE = { create: 'created', update: 'updated', remove: 'removed', none: 'unchanged' } as const satisfies Record<
  Step['action'],
  string
>

export function renderStep({ phase, action, what }: Step, terminal: Pick<Terminal, 'paint'>): string {
  return `${phase}: ${terminal.paint(action === 'none' ? 'dim' : 'green', DONE[action])}  ${what}`
}
