import type {
  Group,
  IamUser,
  InstanceProfile,
  LastUse,
  ManagedPolicy,
  PolicyVersion,
  Role,
  UseCounts,
} from '../../identity/index.ts'
import { renderDocument } from './documents.ts'
import { tagsMember } from './tags.ts'

type Members = Readonly<Record<string, unknown>>

/** A role as lists show it: without tags, boundary and last use. */
export function renderListedRole(role: Role): Members {
  return {
    ...renderBareRole(role),
    ...(role.description === undefined ? {} : { Description: role.description }),
    MaxSessionDuration: role.maxSessionDurationSeconds,
  }
}

export function renderRole(role: Role): Members {
  return { ...renderListedRole(role), ...renderBoundary(role.boundaryArn), ...tagsMember(role.tags) }
}

/** A role as the account's details show it: without its description and its longest session. */
export function renderRoleDetail(role: Role): Members {
  return { ...renderBareRole(role), ...renderBoundary(role.boundaryArn), ...tagsMember(role.tags) }
}

function renderBareRole(role: Role): Members {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.uniqueId,
    Arn: role.arn,
    CreateDate: new Date(role.createdAt),
    AssumeRolePolicyDocument: renderDocument(role.trustPolicy.document),
  }
}

/** SPEC: empty for a role that was not used in the trailing 400 days. */
export function renderLastUse(use: LastUse | undefined): Members {
  return use === undefined ? {} : { LastUsedDate: new Date(use.at), Region: use.region }
}

/** A user as lists show it: without tags and boundary. */
export function renderListedUser(user: IamUser): Members {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.uniqueId,
    Arn: user.arn,
    CreateDate: new Date(user.createdAt),
  }
}

export function renderUser(user: IamUser): Members {
  return { ...renderListedUser(user), ...renderBoundary(user.boundaryArn), ...tagsMember(user.tags) }
}

export function renderGroup(group: Group): Members {
  return {
    Path: group.path,
    GroupName: group.name,
    GroupId: group.uniqueId,
    Arn: group.arn,
    CreateDate: new Date(group.createdAt),
  }
}

export function renderInstanceProfile(profile: InstanceProfile, role: Role | undefined): Members {
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.uniqueId,
    Arn: profile.arn,
    CreateDate: new Date(profile.createdAt),
    Roles: role === undefined ? [] : [renderListedRole(role)],
    ...tagsMember(profile.tags),
  }
}

function renderBoundary(arn: string | undefined): Members {
  if (arn === undefined) return {}
  return { PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: arn } }
}

/** A policy as lists show it: without description and tags. */
export function renderListedPolicy(policy: ManagedPolicy, { attached, boundaries }: UseCounts): Members {
  return {
    PolicyName: policy.name,
    PolicyId: policy.uniqueId,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersion.id,
    AttachmentCount: attached,
    PermissionsBoundaryUsageCount: boundaries,
    IsAttachable: true,
    CreateDate: new Date(policy.createdAt),
    UpdateDate: new Date(policy.updatedAt),
  }
}

export function renderPolicy(policy: ManagedPolicy, uses: UseCounts): Members {
  return {
    ...renderListedPolicy(policy, uses),
    ...(policy.description === undefined ? {} : { Description: policy.description }),
    ...tagsMember(policy.tags),
  }
}

/** A version without its document, as lists and CreatePolicyVersion show it. */
export function renderListedVersion(policy: ManagedPolicy, version: PolicyVersion): Members {
  return {
    VersionId: version.id,
    IsDefaultVersion: version.id === policy.defaultVersion.id,
    CreateDate: new Date(version.createdAt),
  }
}

export function renderVersion(policy: ManagedPolicy, version: PolicyVersion): Members {
  return { ...renderListedVersion(policy, version), Document: renderDocument(version.policy.document) }
}
