import { PolicyError, parseArn } from '../../../core/index.ts'
import { matchesWildcards, type PrincipalEntry, parsePolicyDocument } from '../../../standards/policy/index.ts'
import type { Role } from '../../identity/index.ts'
import type { EksParts } from './clusters.ts'
import {
  notARoleArn,
  podRoleNotFound,
  podRoleNotTrusting,
  podRoleOfOtherAccount,
  policyTooLong,
  policyUnusable,
  policyWithSessionTags,
} from './errors.ts'
import type { AssociationTerms, EksCluster } from './model.ts'
import { isRoleArn, POD_SERVICE } from './requirements.ts'

/** What Create and Update say of an association's terms. */
export interface TermsInput {
  readonly roleArn?: string
  readonly disableSessionTags?: boolean
  readonly targetRoleArn?: string
  readonly policy?: string
}

/** As for every session: "the plaintext that you use for session policies can't exceed 2,048 characters". */
const LONGEST_POLICY = 2048

/** The terms with what the input says. */
export function mergeTerms(before: AssociationTerms, { roleArn, ...input }: TermsInput): AssociationTerms {
  const { disableSessionTags = before.disableSessionTags, targetRoleArn, policy } = input
  const merged = {
    ...before,
    disableSessionTags,
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(targetRoleArn === undefined ? {} : { targetRoleArn }),
    ...(policy === undefined ? {} : { policy }),
  }
  return withoutEmpty(merged)
}

/** UNVERIFIED: that an empty text takes target role and policy away again; no other way is documented. */
function withoutEmpty({ targetRoleArn, policy, ...terms }: AssociationTerms): AssociationTerms {
  return {
    ...terms,
    ...(targetRoleArn === undefined || targetRoleArn === '' ? {} : { targetRoleArn }),
    ...(policy === undefined || policy === '' ? {} : { policy }),
  }
}

/** @throws ApiError InvalidParameterException */
export function checkTerms({ identity }: EksParts, cluster: EksCluster, terms: AssociationTerms): void {
  const { roleArn, targetRoleArn, policy, disableSessionTags } = terms
  if (targetRoleArn !== undefined && !isRoleArn(targetRoleArn)) throw notARoleArn(targetRoleArn)
  // SPEC: "The EKS Pod Identity role must be in your EKS cluster's account due to IAM PassRole requirements,
  // while the Target IAM Role can be in any AWS account" (EKS User Guide, target roles).
  if (parseArn(roleArn)?.account !== cluster.account) throw podRoleOfOtherAccount()
  const role = identity.findRoleByArn(roleArn)
  if (role === undefined) throw podRoleNotFound()
  const actions = disableSessionTags ? ['sts:AssumeRole'] : ['sts:AssumeRole', 'sts:TagSession']
  if (!actions.every((action) => names(role, action))) throw podRoleNotTrusting()
  if (policy === undefined) return
  // SPEC: "When using this policy, disableSessionTags must be set to true."
  if (!disableSessionTags) throw policyWithSessionTags()
  checkPolicy(policy)
}

function checkPolicy(policy: string): void {
  if (policy.length > LONGEST_POLICY) throw policyTooLong(LONGEST_POLICY)
  try {
    parsePolicyDocument(policy, 'session')
  } catch (error) {
    if (error instanceof PolicyError) throw policyUnusable(error)
    throw error
  }
}

/** Whether a trust policy has a statement for this at all. It decides nothing: conditions are judged when a pod asks. */
function names({ trustPolicy }: Role, action: string): boolean {
  return trustPolicy.document.statements.some(
    ({ effect, actions, principals }) =>
      effect === 'Allow' &&
      principals !== undefined &&
      principals.entries.some(isOfPods) !== principals.not &&
      actions.patterns.some((pattern) => matchesWildcards(pattern.toLowerCase(), action.toLowerCase())) !== actions.not,
  )
}

function isOfPods({ type, value }: PrincipalEntry): boolean {
  return (type === 'Service' && value === POD_SERVICE) || (type === 'AWS' && value === '*')
}
