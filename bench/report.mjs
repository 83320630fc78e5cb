// The figures as a table, each beside its baseline.
import { cpus, release, totalmem } from 'node:os'

const ratio = (one, other) => (one / other).toFixed(2)
const rate = ({ perSecond, p50, p99 }) => `${perSecond}/s (p50 ${p50} ms, p99 ${p99} ms)`

export function renderReport(found, { connections, seconds }) {
  const rows = [
    ['`openirsa --help`', `${found.help} ms`, `\`node -e 0\` ${found.bareNode} ms`, ratio(found.help, found.bareNode)],
    [
      '`openirsa up --demo` ready, first start (keys, certificates, demo)',
      `${found.firstStart} ms`,
      `\`node -e 0\` ${found.bareNode} ms`,
      ratio(found.firstStart, found.bareNode),
    ],
    [
      '`openirsa up` ready, later starts',
      `${found.start} ms`,
      `\`node -e 0\` ${found.bareNode} ms`,
      ratio(found.start, found.bareNode),
    ],
    [
      'resident after five idle seconds',
      `${found.idle} MB`,
      `bare node:http ${found.bareIdle} MB`,
      ratio(found.idle, found.bareIdle),
    ],
    [
      'AssumeRoleWithWebIdentity: all checks, record durable',
      rate(found.exchange),
      `bare node:http, same request ${rate(found.bareExchange)}`,
      ratio(found.exchange.perSecond, found.bareExchange.perSecond),
    ],
    [
      'the same beside its RS256 verification alone',
      `${found.exchange.perSecond}/s`,
      `node:crypto, one thread ${found.verify}/s`,
      ratio(found.exchange.perSecond, found.verify),
    ],
    [
      'GetCallerIdentity: signed by a session, record durable',
      rate(found.identity),
      `bare node:http, same request ${rate(found.bareIdentity)}`,
      ratio(found.identity.perSecond, found.bareIdentity.perSecond),
    ],
    [
      'resident after that load',
      `${found.loaded} MB`,
      `bare node:http ${found.bareLoaded} MB`,
      ratio(found.loaded, found.bareLoaded),
    ],
  ]
  return [
    `Node ${process.version} on Linux ${release()}, ${cpus().length} × ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GiB; load average before ${found.loadBefore}.`,
    `${connections} keep-alive connections for ${seconds} s each after fifteen of warm-up, from a process of its own on the same cores.`,
    `Appending 4 KiB and fdatasync takes ${found.sync} ms on this disk; an answer waits for at least one, which calls of that time share.`,
    'A ratio is openirsa over baseline; for rates more is better, for times and memory less.',
    '',
    '| what | openirsa | baseline | ratio |',
    '|---|---|---|---|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n')
}
