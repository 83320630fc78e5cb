import { defineConfig } from 'vitest/config'

/** The million: `npx vitest run --config test/conformance/policy/fuzz.config.ts`. */
export default defineConfig({
  test: { include: ['test/conformance/policy/*.fuzz.ts'], testTimeout: 7_200_000, pool: 'forks' },
})
