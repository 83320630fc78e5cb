#!/usr/bin/env node
// Claim: every door has its plate (what the room owns, what it does not do), and every value that it exports says its contract.
import { allDoors, exportsOf } from './doors.mjs'
import { conclude, readSource } from './source.mjs'

const doors = allDoors()
const faults = []
for (const door of doors) {
  const [, plate] = /^\/\*\*\n((?: \*.*\n)+) \*\//.exec(readSource(door)) ?? []
  if (plate === undefined) faults.push(`${door} does not begin with a plate`)
  else if (!/\b(not|never|nothing|nobody|no|none)\b/i.test(plate))
    faults.push(`${door}: its plate does not say what the room does not do`)
}
let count = 0
for (const [door, symbols] of exportsOf(doors))
  for (const { name, kind, documented, file } of symbols) {
    count += 1
    if (kind === 'value' && !documented)
      faults.push(`${door}: ${name} has no comment${file === undefined ? '' : ` (${file})`}`)
  }
conclude(faults, `${doors.length} doors with ${count} exports have plates and contracts`, 'faults at doors')
