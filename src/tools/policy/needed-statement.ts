import type { JsonObject } from '../../core/index.ts'
import type { PolicyKind, PolicyPrincipal, PolicyType } from '../../standards/policy/index.ts'
import type { Inquiry } from './inquiry.ts'
import { issuerOf } from './issuer-of.ts'

/** What a policy of this type must say to let exactly this request through; undefined where nobody should be told so. */
export function neededStatement(inquiry: Inquiry, type: PolicyType): JsonObject | undefined {
  const { action, resource, asker } = inquiry
  const base = { Effect: 'Allow', Action: action, Resource: literalPattern(resource) }
  switch (type) {
    case 'identity':
    case 'boundary':
    case 'session':
    case 'service-control':
      return base
    case 'endpoint':
      return { ...base, Principal: '*' }
    case 'resource': {
      const principal = principalElement(asker.principal)
      return principal === undefined ? undefined : { ...base, Principal: principal }
    }
    case 'trust':
      return trustStatement(inquiry)
    case 'resource-control':
      return undefined
  }
}

/** Documents of this type are parsed as this kind. */
export function kindOfType(type: PolicyType): PolicyKind {
  return type
}

function trustStatement({ asker: { principal }, action, context }: Inquiry): JsonObject | undefined {
  const Principal = principalElement(principal)
  if (Principal === undefined) return undefined
  const base = { Effect: 'Allow', Principal, Action: action }
  if (principal.kind !== 'web-identity') return base
  const issuer = issuerOf(principal.providerArn)
  const claims = Object.entries(context).filter(([key]) =>
    [`${issuer}:sub`, `${issuer}:aud`].some((claim) => claim.toLowerCase() === key.toLowerCase()),
  )
  // Without subject and audience the statement would let in every token of the issuer.
  return claims.length < 2 ? undefined : { ...base, Condition: { StringEquals: Object.fromEntries(claims) } }
}

/** Everybody is never named: whoever wants a thing to be public has to say so. */
function principalElement(principal: PolicyPrincipal): JsonObject | undefined {
  switch (principal.kind) {
    case 'anonymous':
      return undefined
    case 'service':
      return { Service: principal.name }
    case 'web-identity':
      return { Federated: principal.providerArn }
    case 'role-session':
      return { AWS: principal.roleArn }
    case 'user':
    case 'root':
      return { AWS: principal.arn }
  }
}

/** A resource as a pattern that matches it alone. */
function literalPattern(resource: string): string {
  return resource === '*' ? resource : resource.replaceAll(/[*?$]/g, (character) => `\${${character}}`)
}
