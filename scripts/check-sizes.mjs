#!/usr/bin/env node
// Claim: no file is over 500 lines, nine in ten are at most 300, the median is at most 100. Functions over 60 lines are Biome's to refuse.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { conclude, root } from './source.mjs'

const LIMITS = { median: 100, p90: 300, most: 500 }
/** Files that may be larger, each with its reason. */
const EXCEPTIONS = new Map([])

const files = ['src', 'test', 'scripts', 'bench']
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((name) => `${folder}/${name}`))
  .filter((name) => /\.(ts|mjs)$/.test(name) && !name.includes('/generated/') && !name.startsWith('test/vectors/'))
const sizes = files
  .map((name) => ({ name, lines: readFileSync(join(root, name), 'utf8').split('\n').length - 1 }))
  .sort((one, other) => one.lines - other.lines)
const at = (share) => sizes[Math.min(sizes.length - 1, Math.floor(sizes.length * share))]?.lines ?? 0
const [median, p90, largest] = [at(0.5), at(0.9), sizes.at(-1)]

const faults = sizes
  .filter(({ name, lines }) => lines > LIMITS.most && !EXCEPTIONS.has(name))
  .map(({ name, lines }) => `${name} has ${lines} lines, ${LIMITS.most} are the most`)
if (median > LIMITS.median) faults.push(`the median is ${median} lines, ${LIMITS.median} are the aim`)
if (p90 > LIMITS.p90) faults.push(`one file in ten is over ${p90} lines, ${LIMITS.p90} are the aim`)
for (const name of EXCEPTIONS.keys())
  if (!files.includes(name)) faults.push(`the exception ${name} is no file any more`)

conclude(
  faults,
  `${files.length} files: median ${median}, p90 ${p90}, largest ${largest?.lines} (${largest?.name})`,
  `faults; median ${median}, p90 ${p90}, largest ${largest?.lines} (${largest?.name})`,
)
