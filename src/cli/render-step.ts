import type { DemoStep } from '../tools/demo/index.ts'
import { printable } from './printable.ts'
import { renderDenial } from './render-explanation.ts'
import { renderInspection } from './render-inspection.ts'
import { renderDistance } from './render-times.ts'
import type { Terminal } from './terminal.ts'

interface Surroundings extends Pick<Terminal, 'paint'> {
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** One step of the demo for people. */
export function renderStep(step: DemoStep, surroundings: Surroundings): string {
  const { paint } = surroundings
  const line = (word: string, text: string): string => `${paint('green', '√')} ${word.padEnd(10)} ${text}`
  switch (step.kind) {
    case 'issuer':
      return `${line('issuer', step.issuer)}\n${line('endpoint', step.endpoint)}`
    case 'token':
      return `${line('token', `of the service account ${step.serviceAccount}`)}\n${indent(renderInspection(step.inspection, surroundings.now, surroundings))}`
    case 'provider':
      return line('provider', `${step.arn}, for ${step.clientIds.join(', ')}`)
    case 'role':
      return line('role', step.arn)
    case 'trust':
      return `${line('trust', 'who may assume it:')}\n${indent(printableLines(JSON.stringify(step.document, undefined, 2)))}`
    case 'exchange':
      return line(
        'exchange',
        `AssumeRoleWithWebIdentity: ${step.accessKeyId}, expires ${renderDistance(Date.parse(step.expiration), surroundings.now)}`,
      )
    case 'identity':
      return line('identity', `GetCallerIdentity: ${step.arn}`)
    case 'allowed':
      return line('allowed', `${step.action} ${step.resource}: ${printable(step.text)}`)
    case 'refused':
      return `${line('refused', `${step.action} ${step.resource}`)}\n    ${step.code}: ${printable(step.message)}`
    case 'explained':
      return `${line('explained', `openirsa explain ${step.denial.id}`)}\n${indent(renderDenial(step.denial, surroundings))}`
  }
}

const printableLines = (text: string): string => text.split('\n').map(printable).join('\n')

const indent = (text: string): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? '' : `    ${line}`))
    .join('\n')
