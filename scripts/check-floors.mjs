#!/usr/bin/env node
// Claim: rooms keep to their floors. The plan is what the two tables of ARCHITECTURE.md say; it must name every room that there is.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { conclude, importsOf, isTest, root, sourceFiles } from './source.mjs'

const words = (cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word)
const plan = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
const floors = new Map(
  tableNamed('floors').map(([floor, name, lower]) => [words(name)[0], { floor: Number(floor), lower: words(lower) }]),
)
const rooms = new Map(tableNamed('rooms').map(([name, others]) => [words(name)[0], words(others)]))
const files = sourceFiles()
const graph = new Map(files.map((file) => [file, importsOf(file).files]))

const faults = [...faultsOfPlan(), ...files.flatMap(faultsOfFile), ...circles()]
conclude(
  faults,
  `${files.length} files keep to ${new Set(files.map(roomOf)).size} rooms`,
  'faults against the plan in ARCHITECTURE.md',
)

function tableNamed(name) {
  const text = plan.split(`<!-- ${name}:start -->`)[1]?.split(`<!-- ${name}:end -->`)[0]
  if (text === undefined) throw new Error(`ARCHITECTURE.md has no table ${name}`)
  const rows = text.split('\n').filter((line) => line.includes('`'))
  return rows.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

/** `cloud/services/*` */
function anyOf(room) {
  return room.replace(/[^/]+$/, '*')
}

function alsoOf(room) {
  return rooms.get(room) ?? rooms.get(anyOf(room)) ?? []
}

/** `cloud/services/s3` for a file below it, `cloud/gateway`, `core`; undefined for a file that stands beside the rooms. */
function roomOf(path) {
  const parts = path.split('/')
  if (rooms.has(parts[0])) return parts[0]
  const depth = parts[1] === 'services' ? 3 : 2
  return parts.length > depth ? parts.slice(0, depth).join('/') : undefined
}

function faultsOfPlan() {
  const found = []
  for (const [name, { floor, lower }] of floors)
    for (const other of lower)
      if (!(floors.get(other)?.floor < floor)) found.push(`the plan lets ${name} look up to ${other}`)
  const real = new Set(files.map(roomOf))
  for (const room of rooms.keys())
    if (![...real].some((one) => one === room || (one !== undefined && anyOf(one) === room)))
      found.push(`the plan has a room ${room}, and src has none`)
  for (const room of real) {
    if (room === undefined || !floors.has(room.split('/')[0])) continue
    if (!rooms.has(room) && !rooms.has(anyOf(room))) found.push(`the room ${room} is not on the plan`)
    else if (room !== 'cli' && !existsSync(join(root, 'src', room, 'index.ts')))
      found.push(`the room ${room} has no door index.ts`)
  }
  return found
}

/** A test may look anywhere; whether what it imports exists is the compiler's to say. */
function faultsOfFile(file) {
  if (!floors.has(file.split('/')[0])) return [`${file}: its folder is not on the plan`]
  if (isTest(file)) return []
  return graph.get(file).flatMap((target) => {
    if (target.startsWith('..')) return [`${file}: imports ${target}, outside src`]
    if (!existsSync(join(root, 'src', target))) return [`${file}: ${target} does not exist`]
    const fault = judge(file, target)
    return fault === undefined ? [] : [`${file}: ${fault}`]
  })
}

function judge(file, target) {
  const [from, to] = [file.split('/')[0], target.split('/')[0]]
  const [here, there] = [roomOf(file), roomOf(target)]
  if (isTest(target)) return `${target} is for tests`
  if (!floors.has(to)) return `${to} is not on the plan`
  if (from !== to && !floors.get(from).lower.includes(to)) return `${from} may not import ${to}`
  if (here === there) return undefined
  if (there !== undefined && target !== `${there}/index.ts`) return `only the door of ${there} may be imported`
  // Beside the rooms stand the words of a whole floor, and the file that puts its rooms together.
  if (from !== to || here === undefined || there === undefined) return undefined
  return alsoOf(here).includes(there) || alsoOf(here).includes(anyOf(there))
    ? undefined
    : `${here} may not import ${there}`
}

/** Circles of files, found by depth-first search. Between rooms the plan leaves none, so these are inside one. */
function circles() {
  const [found, state] = [[], new Map()]
  const visit = (file, trail) => {
    if (state.get(file) === 'done') return
    if (state.get(file) === 'open')
      return void found.push(`circle: ${[...trail.slice(trail.indexOf(file)), file].join(' → ')}`)
    state.set(file, 'open')
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file])
    state.set(file, 'done')
  }
  for (const file of files) visit(file, [])
  return found
}
