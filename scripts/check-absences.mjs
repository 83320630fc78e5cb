#!/usr/bin/env node
// Claim: what ARCHITECTURE.md says is never found is not found. A rule names a pattern, the files that it is for, and those that may have it:
// `isIP` is a pure function of node:net; a second Ctrl-C does not wait; the patterns of AWS's own constraint tables are the only ones that are
// compiled while running; `cloud.ts` hands requests to the gateway.
import { codeOf, conclude, isTest, sourceFiles } from './source.mjs'

const pure = /^(core|standards)\//
const everywhere = /^/
const nobody = /(?!)/

const RULES = [
  {
    what: 'reads the clock',
    found: /\bDate\.now\b|\bnew Date\(\)|\bDate\(\)/,
    within: everywhere,
    but: /^(io\/host\/clock\.ts|cli\/)/,
  },
  {
    what: 'holds a stopwatch',
    found: /\bperformance\.now\b|\bhrtime\b/,
    within: /^(core|standards|cluster|cloud)\//,
    but: nobody,
  },
  {
    what: 'makes randomness of its own',
    found: /\bMath\.random\b|\brandom(Bytes|UUID|Int|Fill|FillSync)\b|\bgetRandomValues\b/,
    within: everywhere,
    but: /^io\/host\//,
  },
  { what: 'sets a timer', found: /\bset(Timeout|Interval|Immediate)\(/, within: pure, but: nobody },
  {
    what: 'touches disk, network, processes or this machine',
    found:
      /'node:(fs|net|http|https|http2|tls|dns|dgram|child_process|worker_threads|cluster|os|process)(\/[a-z]+)?'|\bfetch\(|\bWebSocket\b/,
    within: pure,
    but: /^standards\/protocol\/s3-route\.ts$/,
  },
  { what: 'touches the process', found: /\bprocess\./, within: pure, but: nobody },
  {
    what: 'reads the environment or the command line',
    found: /\bprocess\.(env|argv)\b/,
    within: everywhere,
    but: /^(cli|config)\//,
  },
  { what: 'prints', found: /\bconsole\.\w+\(|\bprocess\.std(out|err)\.write\b/, within: everywhere, but: /^cli\// },
  {
    what: 'ends the process',
    found: /\bprocess\.(exit|abort)\b/,
    within: everywhere,
    but: /^(cli\/|tools\/up\/closing\.ts$)/,
  },
  { what: 'builds a RegExp', found: /\bRegExp\(/, within: everywhere, but: /^standards\/protocol\/constraints\.ts$/ },
  { what: 'exports everything', found: /^export (type )?\*/m, within: everywhere, but: nobody },
  { what: 'has a default export', found: /^export default\b|\bas default\b/m, within: everywhere, but: nobody },
  {
    what: 'has a name that says nothing',
    found: /(^|[\s{,])(?:function|const|class|interface|type) (?:\w*(?:Helper|Manager|Util)s?)\b/,
    within: everywhere,
    but: nobody,
  },
  { what: 'reads who calls', found: /(['"`])authorization\1/i, within: /^cloud\/services\//, but: nobody },
  {
    what: 'writes an HTTP response',
    found: /\bServerResponse\b|\.writeHead\(/,
    within: /^cloud\//,
    but: /^cloud\/(gateway\/|cloud\.ts$)/,
  },
  // SimulatePrincipalPolicy imagines requests; no call of anybody is decided there.
  {
    what: 'evaluates policies',
    found: /\bevaluate\(/,
    within: /^cloud\/services\//,
    but: /^cloud\/services\/iam\/simulation\.ts$/,
  },
]

const files = sourceFiles().filter((file) => !isTest(file))
const faults = RULES.flatMap(({ what, found, within, but }) =>
  files
    .filter((file) => within.test(file) && !but.test(file))
    .flatMap((file) => {
      const lines = codeOf(file).split('\n')
      return lines.flatMap((line, at) =>
        found.test(line) ? [`${file}:${at + 1}: ${what}: ${line.trim().slice(0, 80)}`] : [],
      )
    }),
)
conclude(faults, `${RULES.length} rules of absence hold in ${files.length} files`, 'lines have what they must not have')
