import type { LiveTrial, PodTrial } from '../tools/webhook/index.ts'
import { printable } from './printable.ts'
import type { Terminal } from './terminal.ts'

type Paint = Pick<Terminal, 'paint'>

/** The patch that a pod would get, and why. */
export function renderTrial(trial: PodTrial, { paint }: Paint): string {
  const { source, serviceAccount, allowed, reason, message, warnings, operations } = trial
  const verdict = allowed ? paint(operations.length > 0 ? 'green' : 'bold', reason) : paint('red', `refused: ${reason}`)
  return [
    `${printable(source)}  service account ${printable(serviceAccount)}: ${verdict}`,
    ...(message === undefined ? [] : [`  ${printable(message)}`]),
    ...warnings.map(({ code, text }) => `  ${paint('yellow', `warning ${code}`)}: ${printable(text)}`),
    ...operations.map(({ op, path, value }) => `  ${op} ${printable(path)}  ${printable(JSON.stringify(value))}`),
  ].join('\n')
}

const VERDICTS = {
  provided: ['green', 'its containers would start with credentials'],
  bare: ['red', 'containers would start without credentials'],
  refused: ['red', 'refused'],
} as const satisfies Record<LiveTrial['outcome'], readonly [Parameters<Terminal['paint']>[0], string]>

/** What came into a pod on its way through the API server, and what was said. */
export function renderLiveTrial(trial: LiveTrial, { paint }: Paint): string {
  const { source, serviceAccount, outcome, expected, added, warnings, message } = trial
  const [colour, verdict] = VERDICTS[outcome]
  return [
    `${printable(source)}  service account ${printable(serviceAccount)}: ${paint(colour, verdict)}`,
    ...(message === undefined ? [] : [`  ${printable(message)}`]),
    ...(expected === undefined ? [] : [`  expected of the webhook: ${expected.reason}`]),
    ...warnings.map((text) => `  ${paint('yellow', 'warning')}: ${printable(text)}`),
    ...added.volumes.map((name) => `  volume ${printable(name)}`),
    ...added.containers.flatMap(({ name, variables, mounts }) => [
      ...variables.map(([variable, value]) => `  container ${printable(name)}: ${printable(`${variable}=${value}`)}`),
      ...mounts.map((mount) => `  container ${printable(name)}: mount ${printable(mount)}`),
    ]),
  ].join('\n')
}
