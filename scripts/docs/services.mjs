// The services' own tables, over an empty store: what docs/reference/api-coverage.md is made of.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** `{ name, operations, known, fixed }` of each service; `fixed` answer what AWS answers for what was never configured. */
export async function serviceTables() {
  const folder = mkdtempSync(join(tmpdir(), 'openirsa-docs-'))
  const { openSqliteStore } = await import('../../src/io/store/index.ts')
  const { systemClock, systemRandomness } = await import('../../src/io/host/index.ts')
  const { createIdentity } = await import('../../src/cloud/identity/index.ts')
  const { parseAccountId, parseRegion, Secret } = await import('../../src/core/index.ts')
  const store = await openSqliteStore(':memory:')
  const parts = { store, clock: systemClock, randomness: systemRandomness, region: parseRegion('us-east-1') }
  try {
    const identity = await createIdentity({
      ...parts,
      storeKey: new Secret(systemRandomness.bytes(32)),
      accounts: [parseAccountId('000000000000')],
    })
    const services = await createServices({ ...parts, identity, objectDirectory: join(folder, 'objects') })
    const fixed = await fixedAnswers()
    return services.map(({ name, operations, model }) => ({
      name,
      operations,
      known: model.operationNames,
      fixed: name === 's3' ? fixed : [],
    }))
  } finally {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Tables only: nothing is performed, so that they need no sessions and no clusters. */
async function createServices(parts) {
  const { createSts } = await import('../../src/cloud/services/sts/index.ts')
  const { createIam } = await import('../../src/cloud/services/iam/index.ts')
  const { createEks } = await import('../../src/cloud/services/eks/index.ts')
  const { createEksAuth } = await import('../../src/cloud/services/eks-auth/index.ts')
  const { createCloudTrail } = await import('../../src/cloud/services/cloudtrail/index.ts')
  const { createS3 } = await import('../../src/cloud/services/s3/index.ts')
  return [
    createSts(parts),
    createIam(parts),
    (await createEks(parts)).service,
    createEksAuth(parts),
    createCloudTrail(parts),
    await createS3(parts),
  ]
}

async function fixedAnswers() {
  const { CONFIGURATIONS, OBJECT_CONFIGURATIONS } = await import('../../src/cloud/services/s3/configurations.ts')
  return [...Object.keys(CONFIGURATIONS), ...Object.keys(OBJECT_CONFIGURATIONS)]
}
