#!/usr/bin/env node
// Claim: the public subpaths export what test/api.snapshot.json lists. `--write` takes over what they export now: a visible difference in review.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportsOf, publicDoors } from './doors.mjs'
import { conclude, root } from './source.mjs'

const snapshot = join(root, 'test/api.snapshot.json')
const doors = publicDoors()
const symbols = exportsOf([...doors.values()])
const now = Object.fromEntries(
  [...doors].map(([subpath, door]) => [
    subpath,
    symbols.get(door).map(({ name, kind }) => (kind === 'type' ? `type ${name}` : name)),
  ]),
)
if (process.argv.includes('--write')) writeFileSync(snapshot, `${JSON.stringify(now, undefined, 2)}\n`)
const kept = existsSync(snapshot) ? JSON.parse(readFileSync(snapshot, 'utf8')) : {}

const faults = []
for (const subpath of new Set([...Object.keys(kept), ...Object.keys(now)])) {
  const [before, after] = [kept[subpath] ?? [], now[subpath] ?? []]
  if (after.length === 0) faults.push(`${subpath} exports nothing`)
  for (const name of before) if (!after.includes(name)) faults.push(`${subpath} does not export ${name} any more`)
  for (const name of after)
    if (!before.includes(name)) faults.push(`${subpath} exports ${name}, which test/api.snapshot.json does not list`)
}
conclude(
  faults,
  `${doors.size} subpaths export what the snapshot lists`,
  'differences from test/api.snapshot.json; npm run docs takes them over',
)
