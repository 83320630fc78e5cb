// What bench/policy.mjs measured, as tables.
import { createRequire } from 'node:module'
import { cpus, release } from 'node:os'

const { devDependencies } = createRequire(import.meta.url)('../package.json')
const versionOf = (name) => `\`${name}\` ${devDependencies[name]}`
const whole = (rate) => Math.round(rate).toLocaleString('en-US')
const beside = (ours, other) =>
  `${whole(other)} (${ours / other >= 10 ? whole(ours / other) : (ours / other).toFixed(1)}×)`

export function renderPolicyReport({ loadBefore, loadAfter, policies, compile, manyResources, worstGlob }) {
  const [small, medium, large] = policies
  const slower = (one, other) => `${(one / other).toFixed(2)}×`
  const figures = [
    ['decisions a second, 20 statements', whole(medium.ours), '≥ 3,000,000'],
    ['decisions a second, 200 statements', whole(large.ours), '≥ 3,000,000'],
    ['200 statements slower than 20', slower(medium.ours, large.ours), '≤ 2×'],
    ['200 statements slower than 2', slower(small.ours, large.ours), ''],
    ['400 resources on one action, a decision', `${Math.round(manyResources)} ns`, '≤ 1,000 ns'],
    ['slowest pattern of 1,024 characters on 2,048', `${worstGlob.toFixed(2)} ms`, '≤ 5 ms'],
    [
      'parsing 200 statements and the first decision',
      `${compile.median.toFixed(1)} ms; the first of the process ${compile.first.toFixed(1)} ms`,
      '≤ 25 ms',
    ],
    ...policies.map(({ statements, explained }) => [
      `explaining a refusal, ${statements} statements`,
      `${(1e6 / explained).toFixed(0)} µs`,
      '≤ 200 µs',
    ]),
  ]
  const row = (cells) => `| ${cells.join(' | ')} |`
  return [
    `Node ${process.version} on Linux ${release()}, ${cpus()[0].model}; load average before ${loadBefore}, after ${loadAfter}.`,
    "One thread, this process's own CPU time, the best of seven rounds in which all take turns. All engines are first seen to agree: each",
    'allows the request and refuses the same request to another bucket.',
    '',
    row(['what', 'figure', 'wanted']),
    '|---|---|---|',
    ...figures.map(row),
    '',
    'Allowed decisions a second; in brackets how many times as many ours are.',
    '',
    row(['statements', 'openirsa', 'a plain evaluator', 'iam-simulate', 'Cedar', 'openirsa, action in no statement']),
    '|---|---|---|---|---|---|',
    ...policies.map(({ statements, ours, plain, iamSimulate, cedar, denied }) =>
      row([
        statements,
        whole(ours),
        beside(ours, plain),
        beside(ours, iamSimulate),
        beside(ours, cedar),
        whole(denied),
      ]),
    ),
    '',
    'The plain evaluator asks every statement, with one RegExp a pattern made beforehand, and knows nothing else.',
    `${versionOf('@cloud-copilot/iam-simulate')}: \`runUnsafeSimulation\`, its fastest public call, which reads the policies on every call and explains`,
    'every statement: made to simulate, not to enforce.',
    `${versionOf('@cedar-policy/cedar-wasm')}: \`statefulIsAuthorized\` on a policy set parsed beforehand that says the same in Cedar; each call passes the`,
    'request to WebAssembly as JSON.',
  ].join('\n')
}
