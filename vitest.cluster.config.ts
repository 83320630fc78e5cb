import { defineConfig } from 'vitest/config'

/**
 * A real Kubernetes, from an API server alone to a whole node with pods: `npm run test:cluster`. The first run builds it, which takes about ten
 * minutes; what this machine cannot do is skipped by name, and the last lines say so.
 */
export default defineConfig({
  test: {
    include: ['test/circle/**/*.test.ts'],
    globalSetup: ['test/circle/harness/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    pool: 'forks',
    // One of them waits ten minutes for a token to grow old; runs do not meet.
    maxWorkers: 2,
  },
})
