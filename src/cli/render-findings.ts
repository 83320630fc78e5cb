import type { PolicyReport } from '../tools/policy/index.ts'
import { printable } from './printable.ts'
import type { Terminal } from './terminal.ts'

type Paint = Pick<Terminal, 'paint'>
type Finding = PolicyReport['findings'][number]

const WORDS = {
  ERROR: ['red', 'error'],
  SECURITY_WARNING: ['red', 'security warning'],
  WARNING: ['yellow', 'warning'],
  SUGGESTION: ['dim', 'suggestion'],
} as const satisfies Record<Finding['findingType'], readonly [Parameters<Terminal['paint']>[0], string]>

/** What was found in policies: file, line and column as editors take them, then AWS's sentence; last, how many of which. */
export function renderReports(reports: readonly PolicyReport[], { paint }: Paint): string {
  const blocks = reports.flatMap(({ policy, type, findings }) =>
    findings.length === 0
      ? [`${paint('green', 'OK')}  ${printable(policy)}: nothing to object to in this ${type} policy`]
      : findings.map((finding) => renderFinding(policy, finding, { paint })),
  )
  const all = reports.flatMap(({ findings }) => findings)
  return all.length === 0 ? blocks.join('\n') : `${blocks.join('\n\n')}\n\n${renderCounts(all)}`
}

function renderFinding(policy: string, finding: Finding, { paint }: Paint): string {
  const { findingType, issueCode, message, detail, locations } = finding
  const [colour, word] = WORDS[findingType]
  const [first, ...more] = locations
  return [
    `${printable(policy)}:${first?.line ?? 1}:${first?.column ?? 1}: ${paint(colour, word)}  ${paint('bold', issueCode)}`,
    `  ${printable(message)}`,
    ...(detail === undefined ? [] : [`  ${printable(detail)}`]),
    ...(more.length === 0 ? [] : [`  also at ${more.map(({ line, column }) => `${line}:${column}`).join(', ')}`]),
  ].join('\n')
}

function renderCounts(findings: readonly Finding[]): string {
  return Object.entries(WORDS)
    .map(([type, [, word]]) => [findings.filter(({ findingType }) => findingType === type).length, word] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}${count === 1 ? '' : 's'}`)
    .join(', ')
}
