import { defineConfig } from 'vitest/config'

/**
 * What needs a built command, a server of its own, or clients beyond Node (AWS CLI, boto3): one suite at a time, as `.ci/run` names them.
 * `npx vitest run -c vitest.heavy.config.ts test/transcripts`
 */
export default defineConfig({
  test: {
    include: [
      'test/cli/**/*.test.ts',
      'test/transcripts/**/*.test.ts',
      'test/clients-heavy/**/*.test.ts',
      'test/port-443/**/*.test.ts',
    ],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    pool: 'forks',
    fileParallelism: false,
  },
})
