/**
 * cloud/organization: the tree of accounts, and the service and resource control policies that hold for each of them.
 * It reads no file and judges no call: the tool that starts an installation brings the document, and the gateway asks.
 */
export { OrganizationError, type Path } from './errors.ts'
export type { Organization, OrganizationPolicies } from './model.ts'
export { type OrganizationParts, parseOrganization } from './parse.ts'
export { type RenderedOrganization, type RenderedPolicy, renderOrganizationPolicies } from './render.ts'
export { hasResourceControl } from './resource-control.ts'
