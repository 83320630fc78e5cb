import { defineConfig } from 'vitest/config'

/** What needs no server and no binary beyond Node: `npm test`. The heavier suites stand in vitest.heavy.config.ts. */
export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'test/conformance/**/*.test.ts',
      'test/clients/**/*.test.ts',
      'test/docs/**/*.test.ts',
      'test/floors/**/*.test.ts',
      'test/wire/**/*.test.ts',
    ],
    testTimeout: 20_000,
    pool: 'forks',
  },
})
