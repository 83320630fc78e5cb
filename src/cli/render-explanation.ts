import type { DenialCause, DenialRecord } from '../tools/explain/index.ts'
import { printable } from './printable.ts'
import { renderTable } from './render-table.ts'
import type { Terminal } from './terminal.ts'

type Paint = Pick<Terminal, 'paint'>

const MARKS = { passed: '✓', broken: '✗', absent: '–', 'not reached': '·' } as const satisfies Record<
  DenialRecord['ladder'][number]['state'],
  string
>

/** A refusal for people: AWS's answer, who tried what, the ladder with its first broken rung, wanted against got, the way out. */
export function renderDenial(denial: DenialRecord, { paint }: Paint): string {
  const { answer, ladder } = denial
  return [
    `${paint('red', 'DENIED')}  ${printable(denial.action)}  ${printable(denial.resource)}`,
    `  ${answer.code}: ${printable(answer.message)}    (${answer.status}, what AWS answers)`,
    '',
    `  ${denial.summary}   ${paint('bold', `${denial.code} ${denial.name}`)}`,
    '',
    renderTable([
      ['  who', printable(denial.principal)],
      ['  when', denial.time],
      ['  from', printable(denial.sourceIp)],
      ['  request', denial.requestId],
      ['  id', denial.id],
    ]),
    '',
    ...ladder.map(
      ({ rung, state, note }) =>
        `  ${MARKS[state]} ${rung.padEnd(13)} ${state}${note === undefined ? '' : `: ${printable(note)}`}`,
    ),
    ...nearestLines(denial),
    ...comparison(denial),
    '',
    `  fix     ${printable(denial.fix)}`,
  ].join('\n')
}

/** The statements that denied, or came nearest to allowing. */
function nearestLines({ nearest }: DenialRecord): readonly string[] {
  return nearest.length === 0 ? [] : ['', ...nearest.map((miss) => `  nearest ${printable(miss)}`)]
}

function comparison({ wanted, got, differsAt }: DenialRecord): readonly string[] {
  if (wanted === undefined && got === undefined) return []
  const lines = ['', `  wanted  ${listOf(wanted)}`, `  got     ${listOf(got)}`]
  if (differsAt !== undefined && got?.length === 1) lines.push(`          ${' '.repeat(differsAt)}^`)
  return lines
}

function listOf(values: readonly string[] | undefined): string {
  return values === undefined || values.length === 0 ? 'nothing' : values.map(printable).join(', ')
}

/** What codes mean, without any call at hand. */
export function renderCauses(causes: readonly DenialCause[], terminal: Paint): string {
  return causes.map((cause) => renderCause(cause, terminal)).join('\n\n')
}

function renderCause(cause: DenialCause, { paint }: Paint): string {
  return [`${paint('bold', cause.code)} ${cause.name}`, '', `  ${cause.summary}`, '', `  fix     ${cause.fix}`].join(
    '\n',
  )
}
