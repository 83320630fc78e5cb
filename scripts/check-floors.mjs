#!/usr/bin/env node
// Claim: rooms keep to their floors, as the tables in ARCHITECTURE.md say. `--root DIR` checks another tree (used by its own test).
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const at = process.argv.indexOf('--root')
const root = at < 0 ? process.cwd() : resolve(process.argv[at + 1])
const src = join(root, 'src')
const plan = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')

function table(name) {
  const text = plan.split(`<!-- ${name}:start -->`)[1]?.split(`<!-- ${name}:end -->`)[0]
  if (text === undefined) throw new Error(`ARCHITECTURE.md has no table ${name}`)
  return text
    .split('\n')
    .filter((line) => line.includes('`'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}
const words = (cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word)

const floors = new Map(
  table('floors').map(([floor, room, lower]) => [words(room)[0], { floor: Number(floor), lower: words(lower) }]),
)
const rooms = new Map(table('rooms').map(([room, others]) => [words(room)[0], words(others)]))
const faults = []
for (const [name, { floor, lower }] of floors) {
  for (const other of lower)
    if (!(floors.get(other)?.floor < floor)) faults.push(`the plan lets ${name} look up to ${other}`)
}

/** `cloud/services/s3` for a file below it, `cloud/gateway`, `core`; undefined for a file that belongs to no room. */
function roomOf(path) {
  const parts = relative(src, path).split('/')
  if (parts[0] === 'core' || parts[0] === 'cli' || parts[0] === 'config') return parts[0]
  if (parts.length < 3) return undefined
  return parts[1] === 'services'
    ? parts.length > 3
      ? parts.slice(0, 3).join('/')
      : undefined
    : parts.slice(0, 2).join('/')
}
const alsoOf = (room) => rooms.get(room) ?? rooms.get(room.replace(/[^/]+$/, '*')) ?? []

function judge(file, target) {
  const [from, to] = [relative(src, file).split('/')[0], relative(src, target).split('/')[0]]
  const [here, there] = [roomOf(file), roomOf(target)]
  if (!floors.has(to)) return `${to} is not on the plan`
  if (from !== to && !floors.get(from).lower.includes(to)) return `${from} may not import ${to}`
  if (here === there) return undefined
  if (there !== undefined && relative(src, target) !== `${there}/index.ts` && !/\/testing\//.test(target))
    return `only the door of ${there} may be imported`
  if (from !== to || here === undefined || there === undefined) return undefined
  return alsoOf(here).includes(there) || alsoOf(here).includes(there.replace(/[^/]+$/, '*'))
    ? undefined
    : `${here} may not import ${there}`
}

const files = readdirSync(src, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join(src, name))
const graph = new Map()
for (const file of files) {
  if (!floors.has(relative(src, file).split('/')[0]))
    faults.push(`${relative(src, file)}: its folder is not on the plan`)
  const isTest = /\.(test|contract)\.ts$/.test(file) || /\/testing\//.test(file)
  const targets = [...readFileSync(file, 'utf8').matchAll(/(?:from\s+|import\s*\(\s*|import\s+)'(\.[^']+)'/g)].map(
    ([, path]) => resolve(dirname(file), path),
  )
  graph.set(file, targets)
  for (const target of targets) {
    if (!target.startsWith(`${src}/`)) {
      if (!isTest) faults.push(`${relative(src, file)}: imports ${relative(root, target)}, outside src`)
      continue
    }
    if (!existsSync(target)) faults.push(`${relative(src, file)}: ${relative(src, target)} does not exist`)
    const fault = isTest ? undefined : judge(file, target)
    if (fault) faults.push(`${relative(src, file)}: ${fault}`)
  }
}

/** A circle of files inside a room, found by depth-first search. */
const state = new Map()
function visit(file, trail) {
  if (state.get(file) === 'done') return
  if (state.get(file) === 'open')
    return void faults.push(
      `circle: ${[...trail.slice(trail.indexOf(file)), file].map((name) => relative(src, name)).join(' → ')}`,
    )
  state.set(file, 'open')
  for (const next of graph.get(file) ?? []) visit(next, [...trail, file])
  state.set(file, 'done')
}
for (const file of files) visit(file, [])

for (const fault of faults) console.error(fault)
console.log(
  faults.length === 0
    ? `OK - ${files.length} files keep to ${new Set(files.map(roomOf)).size} rooms`
    : `not ok - ${faults.length} imports leave their floor`,
)
process.exit(faults.length === 0 ? 0 : 1)
