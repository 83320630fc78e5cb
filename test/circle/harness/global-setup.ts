/** Builds before anything waits, tells the tests what this machine can do, and says in the last lines what was left out. */
import type { TestProject } from 'vitest/node'
import { ensureBinaries } from './binaries.ts'
import { clearLeftovers } from './leftovers.ts'
import { examineMachine, type Machine } from './machine.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    machine: Machine
  }
}

let machine: Machine = {}

export async function setup(project: TestProject): Promise<void> {
  machine = examineMachine()
  await clearLeftovers()
  if (machine.noControlPlane === undefined) await ensureBinaries()
  project.provide('machine', machine)
}

/** `.ci/run` shows the lines that begin with `note:`. */
export function teardown(): void {
  const { noControlPlane, noNode } = machine
  if (noControlPlane !== undefined) console.log(`note: SKIPPED everything that needs an API server: ${noControlPlane}`)
  if (noNode !== undefined) console.log(`note: SKIPPED everything that needs a node: ${noNode}`)
}
