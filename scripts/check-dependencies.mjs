#!/usr/bin/env node
// Claim: every package that src imports is declared, every declared one is imported, pinned, and has its reason in docs/decisions.
import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { conclude, importsOf, isTest, root, sourceFiles } from './source.mjs'

const {
  dependencies = {},
  optionalDependencies = {},
  peerDependencies = {},
  peerDependenciesMeta = {},
  devDependencies = {},
  scripts = {},
} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const shipped = { ...dependencies, ...optionalDependencies, ...peerDependencies }
const decisions = join(root, 'docs/decisions')
const reasons = readdirSync(decisions)
  .map((name) => readFileSync(join(decisions, name), 'utf8'))
  .join('\n')

/** `@smithy/core/cbor` belongs to `@smithy/core`. */
const packageOf = (specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
const used = new Map()
for (const file of sourceFiles().filter((name) => !isTest(name)))
  for (const specifier of importsOf(file).packages) if (!isBuiltin(specifier)) used.set(packageOf(specifier), file)

const faults = []
for (const [name, file] of used)
  if (!(name in shipped)) faults.push(`${file} imports ${name}, which package.json does not ship`)
for (const name of Object.keys(shipped)) {
  if (!used.has(name)) faults.push(`nothing in src imports ${name}, which package.json ships`)
  if (!reasons.includes(`\`${name}\``)) faults.push(`docs/decisions does not say why ${name} is a dependency`)
}
for (const [name, range] of Object.entries({ ...dependencies, ...optionalDependencies, ...devDependencies }))
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(range)) faults.push(`${name} is not pinned: ${range}`)
for (const name of Object.keys(peerDependencies))
  if (peerDependenciesMeta[name]?.optional !== true)
    faults.push(`the peer ${name} is not optional: everybody would have to install it`)
for (const name of ['preinstall', 'install', 'postinstall'])
  if (name in scripts) faults.push(`package.json has a ${name} script: installing runs no code`)

conclude(faults, `${used.size} packages are imported, declared and explained`, 'faults in the dependencies')
