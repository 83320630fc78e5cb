import { type PolicyReason, policyFault } from './errors.ts'
import type { PrincipalEntry } from './model.ts'
import type { WrittenStatement } from './written.ts'

/** Whether principals are there and have the form of names. Whether they exist is for who keeps them. @throws PolicyError */
export function checkPrincipals({ principals, where, effect }: WrittenStatement): void {
  if (principals === undefined)
    throw policyFault({ reason: 'missing-principal', where, message: 'expected a principal' })
  const place = `${where}/${principals.not ? 'NotPrincipal' : 'Principal'}`
  if (principals.entries.length === 0)
    throw policyFault({ reason: 'empty-principal', where: place, message: 'expected a principal' })
  if (principals.not && effect === 'Allow') {
    const message = 'expected `NotPrincipal` with `Deny` only'
    throw policyFault({ reason: 'allow-not-principal', where: place, message })
  }
  for (const entry of principals.entries) {
    const [reason, isName] = FORMS[entry.type]
    if (!isName(entry.value)) {
      throw policyFault({
        reason,
        where: `${place}/${entry.type}`,
        message: `\`${entry.value}\` names no principal`,
        found: `${JSON.stringify(entry.type)}:${JSON.stringify(entry.value)}`,
      })
    }
  }
}

const ACCOUNT = /^\d{12}$/
const UNIQUE_ID = /^A[A-Z0-9]{15,127}$/
const IAM_ARN = /^arn:aws[a-z-]*:iam::\d{12}:(root|(user|role)\/[^*?]+)$/
const STS_ARN = /^arn:aws[a-z-]*:sts::\d{12}:(assumed-role\/[^*?/]+\/[^*?/]+|federated-user\/[^*?]+|self)$/
const PROVIDER_ARN = /^arn:aws[a-z-]*:iam::\d{12}:(oidc|saml)-provider\/[^*?]+$/
const DOMAIN = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/

type Form = readonly [reason: PolicyReason, isName: (value: string) => boolean]

/** SPEC: a principal is named whole; wildcards may stand for everybody only. */
const FORMS = {
  AWS: [
    'principal',
    (value) =>
      value === '*' || ACCOUNT.test(value) || UNIQUE_ID.test(value) || IAM_ARN.test(value) || STS_ARN.test(value),
  ],
  Federated: ['federated-principal', (value) => PROVIDER_ARN.test(value) || DOMAIN.test(value)],
  Service: ['principal', (value) => DOMAIN.test(value)],
  CanonicalUser: ['principal', (value) => /^[0-9a-f]{64}$/.test(value)],
} as const satisfies Record<PrincipalEntry['type'], Form>
