import { describe, inject } from 'vitest'

/** What needs an API server; where there can be none, it is skipped under a name that says why. */
export function describeWithApiServer(title: string, body: () => void): void {
  describeUnless(inject('machine').noControlPlane, title, body)
}

/** What needs a node. */
export function describeWithNode(title: string, body: () => void): void {
  describeUnless(inject('machine').noNode, title, body)
}

function describeUnless(reason: string | undefined, title: string, body: () => void): void {
  if (reason === undefined) describe(title, body)
  else describe.skip(`${title} [SKIPPED: ${reason}]`, body)
}
