import { OF_IDENTITIES, OF_ORGANIZATIONS, OF_TRUST, ofKinds, when } from '../each.ts'
import type { CheckTable } from '../model.ts'

/** SPEC: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, and of S3 the size of a bucket policy. */
const QUOTAS = { identity: 6_144, trust: 2_048, resource: 20_480, serviceControl: 5_120 } as const

export const SIZE_CHECKS = {
  POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA: {
    type: 'WARNING',
    message:
      'The {{policySize}} characters in the identity policy, excluding whitespace, exceed the {{policySizeQuota}} character maximum for inline and managed policies. We recommend that you use multiple granular policies.',
    kinds: OF_IDENTITIES,
    find: ({ text }) => exceeds(withoutSpace(text), QUOTAS.identity),
  },
  POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA: {
    type: 'WARNING',
    message:
      'The {{policySize}} characters in the resource policy exceed the {{policySizeQuota}} character maximum for resource policies. We recommend that you use multiple granular policies.',
    kinds: ofKinds('resource', 'endpoint'),
    find: ({ text }) => exceeds(text.length, QUOTAS.resource),
  },
  POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA: {
    type: 'WARNING',
    message:
      'The characters in the role trust policy, excluding whitespace, exceed the character maximum. We recommend that you request a role trust policy length quota increase using Service Quotas and AWS Support Center. If the quotas have already been increased, then you can ignore this warning.',
    kinds: OF_TRUST,
    find: ({ text }) => exceeds(withoutSpace(text), QUOTAS.trust),
  },
  POLICY_SIZE_EXCEEDS_SCP_QUOTA: {
    type: 'ERROR',
    message:
      'The {{policySize}} characters in the service control policy (SCP) exceed the {{policySizeQuota}} character maximum for SCPs. We recommend that you use multiple granular policies.',
    kinds: OF_ORGANIZATIONS,
    find: ({ text }) => exceeds(text.length, QUOTAS.serviceControl),
  },
} as const satisfies CheckTable

const withoutSpace = (text: string): number => text.replaceAll(/\s/g, '').length

const exceeds = (policySize: number, policySizeQuota: number) =>
  when(policySize > policySizeQuota, { at: [], values: { policySize, policySizeQuota } })
