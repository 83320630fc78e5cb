import { defineConfig } from 'vitest/config'

/** What needs the real Terraform and a mirror of its providers: `npm run test:terraform`. */
export default defineConfig({
  test: {
    include: ['test/terraform/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 120_000,
    pool: 'forks',
    fileParallelism: false,
  },
})
