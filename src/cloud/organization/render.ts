import type { NamedPolicy } from '../../standards/policy/index.ts'
import type { OrganizationPolicies } from './model.ts'

/** What an organization lays on an account, as plain data: each policy as it was written. */
export interface RenderedOrganization {
  readonly organizationId: string
  readonly paths: readonly string[]
  readonly serviceControl?: readonly (readonly RenderedPolicy[])[]
  readonly resourceControl?: readonly (readonly RenderedPolicy[])[]
}

export interface RenderedPolicy {
  readonly name: string
  readonly arn?: string
  readonly text: string
}

/** For another process, which reads the policies anew. */
export function renderOrganizationPolicies(policies: OrganizationPolicies): RenderedOrganization {
  const { organizationId, paths, serviceControl, resourceControl } = policies
  return {
    organizationId,
    paths,
    ...(serviceControl === undefined ? {} : { serviceControl: serviceControl.map(renderLevel) }),
    ...(resourceControl === undefined ? {} : { resourceControl: resourceControl.map(renderLevel) }),
  }
}

const renderLevel = (level: readonly NamedPolicy[]): readonly RenderedPolicy[] =>
  level.map(({ name, arn, document }) => ({ name, ...(arn === undefined ? {} : { arn }), text: document.text }))
