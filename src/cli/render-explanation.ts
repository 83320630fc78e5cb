import type { DenialCause, DenialRecord } from '../tools/explain/index.ts'
import { renderTable } from './render-table.ts'
import type { Terminal } from './terminal.ts'

const MARKS = { passed: '✓', broken: '✗', absent: '–', 'not reached': '·' } as const satisfies Record<
  DenialRecord['ladder'][number]['state'],
  string
>

/** A refusal for people: AWS's answer, who tried what, the ladder with its first broken rung, wanted against got, the way out. */
export function renderDenial(denial: DenialRecord, terminal: Terminal): string {
  const lines = [
    `${terminal.paint('red', 'DENIED')}  ${denial.action}  ${denial.resource}`,
    `  ${denial.answer.code}: ${denial.answer.message}    (${denial.answer.status}, what AWS answers)`,
    '',
    `  ${denial.summary}   ${terminal.paint('bold', `${denial.code} ${denial.name}`)}`,
    '',
    renderTable([
      ['  who', denial.principal],
      ['  when', denial.time],
      ['  from', denial.sourceIp],
      ['  request', denial.requestId],
    ]),
    '',
    ...denial.ladder.map(
      ({ rung, state, note }) =>
        `  ${MARKS[state]} ${rung.padEnd(13)} ${state}${note === undefined ? '' : `: ${note}`}`,
    ),
  ]
  lines.push(...nearestLines(denial), ...comparison(denial), '', `  fix     ${denial.fix}`)
  return lines.join('\n')
}

function nearestLines({ nearest }: DenialRecord): readonly string[] {
  return nearest.flatMap((miss) => ['', `  nearest: ${miss}`])
}

function comparison({ wanted, got, differsAt }: DenialRecord): readonly string[] {
  if (wanted === undefined && got === undefined) return []
  const text = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value ?? 'nothing'))
  const lines = ['', `  wanted  ${text(wanted)}`, `  got     ${text(got)}`]
  if (differsAt !== undefined) lines.push(`          ${' '.repeat(differsAt)}^`)
  return lines
}

/** What a code means, without any call at hand. */
export function renderCause(cause: DenialCause, terminal: Terminal): string {
  return [
    `${terminal.paint('bold', cause.code)} ${cause.name}`,
    '',
    `  ${cause.summary}`,
    '',
    `  fix     ${cause.fix}`,
  ].join('\n')
}
