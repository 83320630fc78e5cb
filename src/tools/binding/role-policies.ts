import { listOf, recordOf, textOf } from './answers.ts'
import type { CallIam } from './model.ts'

/** ARNs of the managed policies of a role. */
export async function listAttached(roleName: string, call: CallIam): Promise<readonly string[]> {
  const found = await listPages('ListAttachedRolePolicies', 'AttachedPolicies', { roleName, call })
  return found.map((policy) => textOf(recordOf(policy).PolicyArn))
}

/** Names of the inline policies of a role. */
export async function listInline(roleName: string, call: CallIam): Promise<readonly string[]> {
  return (await listPages('ListRolePolicies', 'PolicyNames', { roleName, call })).map(textOf)
}

async function listPages(
  operation: 'ListAttachedRolePolicies' | 'ListRolePolicies',
  member: string,
  { roleName, call }: { readonly roleName: string; readonly call: CallIam },
): Promise<readonly unknown[]> {
  const items: unknown[] = []
  let marker = ''
  do {
    const answer = await call(operation, { RoleName: roleName, ...(marker === '' ? {} : { Marker: marker }) })
    items.push(...listOf(answer?.[member]))
    marker = answer?.IsTruncated === true ? textOf(answer.Marker) : ''
  } while (marker !== '')
  return items
}
