import type { TrustCheck } from '../tools/trust/index.ts'
import { printable } from './printable.ts'
import { renderPolicyExplanation } from './render-policy.ts'
import type { Terminal } from './terminal.ts'

type Paint = Pick<Terminal, 'paint'>

/** What was found in a trust policy, and what it makes of the token, if there is one. */
export function renderTrustCheck({ policy, findings, token }: TrustCheck, terminal: Paint): string {
  const blocks = findings.map((finding) => renderFinding(finding, terminal))
  if (findings.length === 0) blocks.push(`${terminal.paint('green', 'OK')}  ${printable(policy)}: nothing to object to`)
  if (token !== undefined) {
    const words = 'NOT VERIFIED: the token is taken at its word, its signature was not checked'
    blocks.push(`${terminal.paint('yellow', words)}\n${renderPolicyExplanation(token.explanation, terminal)}`)
  }
  return blocks.join('\n\n')
}

function renderFinding(finding: TrustCheck['findings'][number], { paint }: Paint): string {
  const { severity, statement, sid, found, summary, code, name, fix } = finding
  const colour = severity === 'error' ? 'red' : 'yellow'
  return [
    `${paint(colour, severity)}  statement ${statement}${sid === undefined ? '' : ` "${printable(sid)}"`}: ${printable(found)}   ${paint('bold', `${code} ${name}`)}`,
    `  ${summary}`,
    `  fix     ${printable(fix)}`,
  ].join('\n')
}
