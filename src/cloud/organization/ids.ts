import { createHash } from 'node:crypto'

// SPEC: https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html and its neighbours.
export const ORGANIZATION_ID = /^o-[a-z0-9]{10,32}$/
export const ROOT_ID = /^r-[0-9a-z]{4,32}$/
export const UNIT_ID = /^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$/

/** Ids that nobody wrote down: the same names always get the same ones. */
export const mintOrganizationId = (realmId: string): string => `o-${digest(['organization', realmId], 10)}`
export const mintRootId = (organizationId: string): string => `r-${digest(['root', organizationId], 4)}`
export const mintUnitId = (rootId: string, names: readonly string[]): string =>
  `ou-${rootId.slice(2)}-${digest(['unit', rootId, ...names], 8)}`
export const mintPolicyId = (organizationId: string, kind: string, name: string): string =>
  `p-${digest(['policy', organizationId, kind, name], 8)}`

function digest(words: readonly string[], length: number): string {
  return createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, length)
}
