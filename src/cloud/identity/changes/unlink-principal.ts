import { type JsonValue, parseStrictJson } from '../../../core/index.ts'
import { parsePolicyDocument } from '../../../standards/policy/index.ts'
import type { Actor, Role } from '../model.ts'
import { TRUST_POLICY_NAME } from '../rows.ts'
import type { Workshop } from './workshop.ts'

/**
 * SPEC: a trust policy names a role or user by ARN and means the one that had it when the policy was saved. When that one goes, its
 * unique id takes the ARN's place, so that who is made under the same name later is not trusted.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function unlinkPrincipal({ drafts }: Workshop, gone: Actor): void {
  for (const role of [...drafts.roles.values()]) if (trusts(role, gone.arn)) drafts.roles.put(withoutArn(role, gone))
}

function trusts({ trustPolicy }: Role, arn: string): boolean {
  return trustPolicy.document.statements.some(
    ({ principals }) => principals?.entries.some(({ type, value }) => type === 'AWS' && value === arn) === true,
  )
}

function withoutArn(role: Role, gone: Actor): Role {
  // A number in a condition comes back as the text that it was, which means the same there.
  const written = parseStrictJson(role.trustPolicy.document.text, { numbers: 'text' })
  const document = parsePolicyDocument(JSON.stringify(inDocument(written, gone)), 'trust')
  return { ...role, trustPolicy: { name: TRUST_POLICY_NAME, document } }
}

function inDocument(document: JsonValue, gone: Actor): JsonValue {
  return mapMember(document, 'Statement', (statements) =>
    mapEach(statements, (statement) =>
      mapMember(statement, 'Principal', (principal) =>
        mapMember(principal, 'AWS', (names) => mapEach(names, (name) => (name === gone.arn ? gone.uniqueId : name))),
      ),
    ),
  )
}

function mapMember(value: JsonValue, name: string, change: (member: JsonValue) => JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]: [string, JsonValue]) => [key, key === name ? change(member) : member]),
  )
}

/** One, or each of many: where the language takes both. */
function mapEach(value: JsonValue, change: (item: JsonValue) => JsonValue): JsonValue {
  return Array.isArray(value) ? value.map(change) : change(value)
}
