import { defineConfig } from 'vitest/config'

/** The hundred thousand: `npx vitest run --config test/conformance/webhook/fuzz.config.ts`. */
export default defineConfig({
  test: { include: ['test/conformance/webhook/*.fuzz.ts'], testTimeout: 1_800_000, pool: 'forks' },
})
