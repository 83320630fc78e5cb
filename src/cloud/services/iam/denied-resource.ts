import { parseIamArn } from '../../identity/index.ts'
import type { Refusal } from '../../operation.ts'

type Denial = Extract<Refusal, { kind: 'denial' }>

/** Actions whose denial names the ARN. */
const BY_ARN =
  /^iam:(Create(Role|User|Group|InstanceProfile)|(Unt|T)ag\w+|List\w+Tags|PassRole|Simulate\w+|GetContextKeys\w+)$/
/** Lists of a path have no name to tell. */
const LISTS = /^iam:List(Roles|Users|Groups|InstanceProfiles)$/

/**
 * SPEC: most denials of IAM's name the resource in words, `role orders`, `policy arn:…`, and not by its ARN; so the sentences that AWS
 * was seen to write. Only the words: what was judged, recorded and explained is the ARN.
 */
export function inWords(denial: Denial): Denial {
  const { requirement } = denial.judged
  const resource = words(requirement.action, requirement.resource)
  return { ...denial, judged: { ...denial.judged, requirement: { ...requirement, resource } } }
}

function words(action: string, arn: string): string {
  const { type, name } = parseIamArn(arn) ?? {}
  if (type === undefined || name === undefined || BY_ARN.test(action) || LISTS.test(action)) return arn
  if (action === 'iam:ListPolicies') return `policy path ${arn.slice(arn.indexOf('/'))}`
  if (action === 'iam:CreatePolicy') return `policy ${name}`
  if (type === 'policy') return `policy ${arn}`
  if (type === 'role' || type === 'user' || type === 'group') return `${type} ${name}`
  return type === 'instance-profile' ? `instance profile ${name}` : arn
}
