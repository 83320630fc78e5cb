import { OpenirsaError } from '../../core/index.ts'

/** A step of the demo did not go as it must. */
export class DemoError extends OpenirsaError {
  readonly code = 'DEMO'
}

/** Says which step, and what came instead. */
export function expectThat(holds: boolean, step: string, got: unknown): asserts holds {
  if (!holds)
    throw new DemoError(`the demo failed at ${step}: got \`${JSON.stringify(got)?.slice(0, 400) ?? 'nothing'}\``)
}
