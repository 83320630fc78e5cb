// Every generated page by its path, from the source as it stands. Import `../load-typescript.mjs` first, or run under vitest.
import { join } from 'node:path'
import { cliPage } from './cli.mjs'
import { configurationPage, configurationSchema } from './configuration.mjs'
import { contentsPage } from './contents.mjs'
import { coveragePage } from './coverage.mjs'
import { distributionPages } from './distributions.mjs'
import { errorPages } from './errors.mjs'
import { serviceTables } from './services.mjs'

export async function generatedPages(root) {
  const { recipeFor } = await import('../../src/tools/issuer/index.ts')
  const { renderRecipe } = await import('../../src/cli/render-issuer.ts')
  const recipes = distributionPages({ recipeFor, renderRecipe })
  const pages = new Map([...(await referencePages()), ...recipes, ...errorPages(await readCauses())])
  pages.set('docs/README.md', contentsPage(join(root, 'docs'), pages))
  return pages
}

/** Every cause, in the order of its code. */
export async function readCauses() {
  const { CAUSES, findDenialCause } = await import('../../src/cloud/denials/causes.ts')
  return Object.keys(CAUSES)
    .map((name) => findDenialCause(name))
    .toSorted((one, other) => (one.code < other.code ? -1 : 1))
}

async function referencePages() {
  const { environmentName, upOptions } = await import('../../src/config/index.ts')
  const { policyTestSchema } = await import('../../src/tools/policy/index.ts')
  const { createProgram } = await import('../../src/cli/program.ts')
  const silent = {
    out() {},
    err() {},
    paint: (_, text) => text,
    readInput: async () => '',
    environment: {},
    workingDirectory: '/',
  }
  return new Map([
    ['docs/reference/api-coverage.md', coveragePage(await serviceTables())],
    ['docs/reference/cli.md', cliPage(createProgram(silent))],
    ['docs/reference/configuration.md', configurationPage(upOptions, environmentName)],
    ['docs/reference/openirsa.schema.json', configurationSchema(upOptions, environmentName)],
    ['docs/reference/policy-test.schema.json', policyTestPage(policyTestSchema)],
  ])
}

/** JSON Schema (2020-12) for the files of `openirsa policy test`: the very one that they are checked by. */
function policyTestPage(schema) {
  return `${JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema }, undefined, 2)}\n`
}
