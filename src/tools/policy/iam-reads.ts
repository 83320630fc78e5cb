/** What IAM is asked; nothing here changes anything. */
export type IamRead =
  | 'GetRole'
  | 'GetUser'
  | 'GetRolePolicy'
  | 'GetUserPolicy'
  | 'GetGroupPolicy'
  | 'GetPolicy'
  | 'GetPolicyVersion'
  | 'ListRolePolicies'
  | 'ListUserPolicies'
  | 'ListGroupPolicies'
  | 'ListAttachedRolePolicies'
  | 'ListAttachedUserPolicies'
  | 'ListAttachedGroupPolicies'
  | 'ListGroupsForUser'
  | 'ListRoles'
  | 'ListUsers'
  | 'GetOpenIDConnectProvider'
  | 'ListOpenIDConnectProviders'

export type IamAnswer = Readonly<Record<string, unknown>>

/** One question to IAM; undefined for what does not exist. @throws ConfigError when it does not answer, or refuses */
export type AskIam = (operation: IamRead, input: Readonly<Record<string, string>>) => Promise<IamAnswer | undefined>

/** All items of a list that comes in pages. */
export async function listAll(
  ask: AskIam,
  operation: IamRead,
  { input, member }: { readonly input: Readonly<Record<string, string>>; readonly member: string },
): Promise<readonly unknown[]> {
  const items: unknown[] = []
  let marker: string | undefined
  do {
    const answer = await ask(operation, { ...input, ...(marker === undefined ? {} : { Marker: marker }) })
    items.push(...listOf(answer?.[member]))
    marker = answer?.IsTruncated === true ? textOf(answer.Marker) : undefined
  } while (marker !== undefined && marker !== '')
  return items
}

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

export function recordOf(value: unknown): IamAnswer {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as IamAnswer) : {}
}
