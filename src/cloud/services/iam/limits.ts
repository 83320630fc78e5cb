/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const LIMITS = {
  /** Characters of a trust policy, whitespace not counted. */
  trustPolicySize: 2048,
  managedPolicySize: 6144,
  inlineSizeOfRole: 10_240,
  inlineSizeOfUser: 2048,
  inlineSizeOfGroup: 5120,
  attachedPolicies: 10,
  policyVersions: 5,
  tags: 50,
  accessKeysOfUser: 2,
  providers: 100,
  clientIds: 100,
  thumbprints: 5,
  roles: 1000,
  users: 5000,
  groups: 300,
  groupsOfUser: 10,
  instanceProfiles: 1000,
  policies: 1500,
} as const
