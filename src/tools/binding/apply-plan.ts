import type { Plan, Step } from './model.ts'

/**
 * Does the steps in their order and tells each when it is done. What fails ends it: what was done before stays, and the same
 * command goes on from there.
 */
export async function applyPlan({ steps }: Plan, tell: (step: Step) => void): Promise<void> {
  for (const step of steps) {
    await step.apply?.()
    tell(step)
  }
}

/** How many steps change something. */
export const changes = ({ steps }: Plan): number => steps.filter(({ action }) => action !== 'none').length
