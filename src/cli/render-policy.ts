import type { PolicyExplanation, PolicyTestResult, Verdict, WhoCan } from '../tools/policy/index.ts'
import { printable } from './printable.ts'
import { renderTable } from './render-table.ts'
import type { Terminal } from './terminal.ts'

type Paint = Pick<Terminal, 'paint'>

const WORDS = {
  allowed: ['green', 'ALLOWED'],
  implicitDeny: ['red', 'DENIED (no statement allows it)'],
  explicitDeny: ['red', 'DENIED (a statement denies it)'],
} as const satisfies Record<Verdict['outcome'], readonly [Parameters<Terminal['paint']>[0], string]>

/** What imagined requests come to, one a row. */
export function renderVerdicts(verdicts: readonly Verdict[]): string {
  return renderTable([
    ['OUTCOME', 'ACTION', 'RESOURCE', 'DECIDED BY'],
    ...verdicts.map((verdict) => [
      verdict.outcome,
      printable(verdict.action),
      printable(verdict.resource),
      verdict.because.length === 0
        ? `${verdict.decidedBy}: nothing allows it`
        : verdict.because.map(reasonOf).join(', '),
    ]),
  ])
}

function reasonOf({ policy, statement, sid, effect }: Verdict['because'][number]): string {
  return `${effect} in statement ${statement}${sid === undefined ? '' : ` "${printable(sid)}"`} of ${printable(policy)}`
}

const MARKS = { allows: '✓', denies: '✗', 'does-not-allow': '✗', absent: '–' } as const satisfies Record<
  PolicyExplanation['rungs'][number]['state'],
  string
>

/** Why an imagined request is allowed or not: the ladder, what came nearest, wanted against got, the way out. */
export function renderPolicyExplanation(explanation: PolicyExplanation, { paint }: Paint): string {
  const [colour, word] = WORDS[explanation.outcome]
  const { denial, because, rungs, nearest, notes } = explanation
  return [
    `${paint(colour, word)}  ${printable(explanation.action)}  ${printable(explanation.resource)}`,
    `  by ${printable(explanation.principal)}`,
    ...because.map((reason) => `  ${reasonOf(reason)}`),
    ...(denial === undefined ? [] : ['', `  ${denial.summary}   ${paint('bold', `${denial.code} ${denial.name}`)}`]),
    '',
    ...rungs.map(
      ({ policyType, state }) =>
        `  ${MARKS[state]} ${policyType.padEnd(16)} ${state}${policyType === explanation.decidedBy ? '  ← decides' : ''}`,
    ),
    ...nearest.flatMap(nearLines),
    ...(denial === undefined ? [] : denialLines(denial)),
    ...notes.flatMap((note) => ['', `  note    ${printable(note)}`]),
  ].join('\n')
}

function nearLines(near: PolicyExplanation['nearest'][number]): readonly string[] {
  const sid = near.sid === undefined ? '' : ` "${printable(near.sid)}"`
  return [
    '',
    `  statement ${near.statement}${sid} of ${printable(near.policy)} (${near.effect})`,
    ...near.dimensions.flatMap((match) => {
      const name = [match.dimension, match.operator, match.key].filter((part) => part !== undefined).join(' ')
      const head = `    ${match.matches ? '✓' : '✗'} ${printable(name)}`
      return match.matches ? [head] : [head, ...comparison(match, '      ')]
    }),
  ]
}

interface Compared {
  readonly wanted?: readonly string[]
  readonly got?: readonly string[] | undefined
  readonly differsAt?: number
}

function comparison({ wanted = [], got, differsAt }: Compared, indent: string): readonly string[] {
  const lines = [`${indent}wanted  ${listOf(wanted)}`, `${indent}got     ${listOf(got)}`]
  if (differsAt !== undefined && got?.length === 1) lines.push(`${indent}        ${' '.repeat(differsAt)}^`)
  return lines
}

function listOf(values: readonly string[] | undefined): string {
  if (values === undefined) return 'nothing: the request has no such key'
  return values.length === 0 ? 'nothing' : values.map(printable).join(', ')
}

function denialLines({ fix, patch }: NonNullable<PolicyExplanation['denial']>): readonly string[] {
  const lines = ['', `  fix     ${printable(fix)}`]
  if (patch === undefined) return lines
  const more = patch.outcome === 'allowed' ? 'the request is allowed then' : 'something else stops the request then'
  lines.push(
    `  patch   ${patch.policy === undefined ? `a new ${patch.policyType} policy` : printable(patch.policy)}; ${more}`,
    ...patch.steps.map((step) => `          ${printable(JSON.stringify(step))}`),
  )
  return lines
}

/** Results of tests: what failed and why, then the count. */
export function renderTestResults(results: readonly PolicyTestResult[], terminal: Paint): string {
  const failed = results.filter(({ passed }) => !passed)
  const blocks = failed.map((result) => `${terminal.paint('red', 'FAIL')}  ${renderFailure(result, terminal)}\n`)
  const count = `${results.length - failed.length} passed, ${failed.length} failed`
  return [...blocks, terminal.paint(failed.length === 0 ? 'green' : 'red', count)].join('\n')
}

/** One case that failed: where it stands, what was expected, why it came out otherwise. */
export function renderFailure(result: PolicyTestResult, terminal: Paint): string {
  const { file, line, name, expected, outcome, explanation } = result
  const head = `${printable(file)}:${line}  ${printable(name)}\n  expected ${expected}, came to ${outcome}`
  if (explanation === undefined) return head
  const body = renderPolicyExplanation(explanation, terminal)
  return `${head}\n${body.replaceAll(/^(?=.)/gm, '  ')}`
}

/** Who would be allowed, by what and under which conditions. */
export function renderWhoCan(allowed: readonly WhoCan[], asked: number): string {
  if (allowed.length === 0) return `nobody: none of ${asked} users and roles is allowed`
  return renderTable([
    ['PRINCIPAL', 'BY', 'CONDITIONS'],
    ...allowed.map(({ principal, because, conditions }) => [
      printable(principal),
      because.map(reasonOf).join(', '),
      conditions.map(printable).join(', ') || 'none',
    ]),
  ])
}
