// The webhook's figures as a table, each beside its baselines and what is wanted.
const ratio = (one, other) => (one / other).toFixed(2)
const middle = (runs) => [...runs].sort((one, other) => one.perSecond - other.perSecond)[Math.floor(runs.length / 2)]
const best = (runs) => [...runs].sort((one, other) => one.p99 - other.p99)[0]
const rate = ({ perSecond, p50, p99 }) => `${perSecond}/s (p50 ${p50} ms, p99 ${p99} ms)`
const times = ({ perSecond, p50, p99 }) => `p50 ${p50} ms, p99 ${p99} ms (${perSecond}/s)`
const NONE = 'not built on this machine'

export function renderWebhookReport(found) {
  const { connections, seconds, rounds, accounts, rate: steady } = found.settings
  const [ours, bare, reference] = [found.ours, found.bare, found.reference].map((runs) => runs.length && middle(runs))
  const rows = [
    [
      'reviews/s, pod with 3 containers',
      rate(ours),
      `bare node:https ${rate(bare)}`,
      ratio(ours.perSecond, bare.perSecond),
      '≥ 0.75',
    ],
    [
      'the same',
      rate(ours),
      reference === 0 ? NONE : `reference webhook ${rate(reference)}`,
      reference === 0 ? '' : ratio(ours.perSecond, reference.perSecond),
      '≥ 0.9',
    ],
    [
      'processor time of the server for one of these',
      `${ours.microseconds} µs`,
      `bare node:https ${bare.microseconds} µs${reference === 0 ? '' : `; reference webhook ${reference.microseconds} µs`}`,
      ratio(bare.microseconds, ours.microseconds),
      '',
    ],
    [
      `time of a review at ${steady}/s, middle round`,
      times(byTime(found.steady)),
      steadyBaselines(found, byTime),
      '',
      'p99 ≤ 5 ms',
    ],
    ['the same, quietest round', times(best(found.steady)), steadyBaselines(found, best), '', ''],
    [
      `resident, ${accounts} service accounts followed`,
      `${found.idle} MB; after the load ${found.loaded} MB`,
      found.referenceLoaded === undefined ? NONE : `reference webhook ${found.referenceLoaded} MB`,
      '',
      '≤ 150 MB',
    ],
    [
      `ready after start, ${accounts} service accounts`,
      `${found.ready} ms`,
      `\`node -e 0\` ${found.bareNode} ms`,
      '',
      '≤ 2000 ms',
    ],
    ['an annotation counts after', `p50 ${found.effective.p50} ms, p99 ${found.effective.p99} ms`, '', '', 'printed'],
    [
      'account made and annotated just before its pod',
      `${found.fresh.injected} of ${found.fresh.of} pods get the role`,
      '',
      '',
      'all',
    ],
  ]
  return [
    found.machine,
    `Over TLS, ${connections} keep-alive connections, ${seconds} s each, ${rounds} rounds in turns (the middle one counts) after fifteen seconds of warm-up, from a process of its own on the same cores.`,
    'Bare node:https parses the same body and answers 2600 bytes. A ratio is openirsa over baseline.',
    '',
    '| what | openirsa | baseline | ratio | wanted |',
    '|---|---|---|---|---|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n')
}

function byTime(runs) {
  return [...runs].sort((one, other) => one.p99 - other.p99)[Math.floor(runs.length / 2)]
}

function steadyBaselines({ bareSteady, referenceSteady }, choose) {
  const parts = [`bare node:https ${times(choose(bareSteady))}`]
  if (referenceSteady.length > 0) parts.push(`reference webhook ${times(choose(referenceSteady))}`)
  return parts.join('; ')
}
