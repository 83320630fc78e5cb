#!/usr/bin/env node
// Claim: no file is over 500 lines, nine in ten are at most 300, the median is at most 100; no function is over 60 (Biome judges that one).
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const LIMITS = { median: 100, p90: 300, most: 500 }
/** Files that may be larger, each with its reason. */
const EXCEPTIONS = new Map([])

const tracked = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', 'src', 'scripts', 'bench'],
  { encoding: 'utf8' },
).split('\n')
const files = tracked.filter((name) => /\.(ts|mjs)$/.test(name) && !name.includes('/generated/'))
const sizes = files
  .map((name) => ({ name, lines: readFileSync(name, 'utf8').split('\n').length - 1 }))
  .sort((one, other) => one.lines - other.lines)
const at = (share) => sizes[Math.min(sizes.length - 1, Math.floor(sizes.length * share))]?.lines ?? 0

const faults = sizes
  .filter(({ name, lines }) => lines > LIMITS.most && !EXCEPTIONS.has(name))
  .map(({ name, lines }) => `${name} has ${lines} lines, ${LIMITS.most} are the most`)
if (at(0.5) > LIMITS.median) faults.push(`the median is ${at(0.5)} lines, ${LIMITS.median} are the aim`)
if (at(0.9) > LIMITS.p90) faults.push(`one file in ten is over ${at(0.9)} lines, ${LIMITS.p90} are the aim`)
for (const name of EXCEPTIONS.keys())
  if (!files.includes(name)) faults.push(`the exception ${name} is no file any more`)

for (const fault of faults) console.error(fault)
console.log(
  `${faults.length === 0 ? 'OK' : 'not ok'} - ${files.length} files: median ${at(0.5)}, p90 ${at(0.9)}, largest ${sizes.at(-1)?.lines} (${sizes.at(-1)?.name})`,
)
process.exit(faults.length === 0 ? 0 : 1)
