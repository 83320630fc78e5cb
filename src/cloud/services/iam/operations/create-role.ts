import type { Role } from '../../../identity/index.ts'
import type { Operation } from '../../../operation.ts'
import { renderRole } from '../answers.ts'
import { readTrustPolicy } from '../documents.ts'
import { nameTaken, quotaExceeded } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import type { IamParts, Scope, Tag } from '../model.ts'
import { arnOf, may, writing } from '../row.ts'
import { readTags, requestTagKeys } from '../tags.ts'
import { checkTrustPrincipals } from '../trust-principals.ts'
import { checkBoundary } from './boundaries.ts'

export interface CreateRoleInput {
  readonly RoleName: string
  readonly AssumeRolePolicyDocument: string
  readonly Path?: string
  readonly Description?: string
  readonly MaxSessionDuration?: number
  readonly PermissionsBoundary?: string
  readonly Tags?: readonly Tag[]
}

export function createRole(parts: IamParts): Operation<CreateRoleInput> {
  return writing(parts, {
    requires: ({ RoleName: name, Path: path, PermissionsBoundary: boundary, Tags = [] }, scope) => {
      const keys = {
        ...requestTagKeys(Tags),
        ...(boundary === undefined ? {} : { 'iam:PermissionsBoundary': boundary }),
      }
      const on = { arn: arnOf(scope, 'role', { path, name }), keys }
      return [may(scope, 'CreateRole', on), ...(Tags.length === 0 ? [] : [may(scope, 'TagRole', on)])]
    },
    perform: async (input, scope) => ({ Role: renderRole(await create(parts, input, scope)) }),
  })
}

async function create({ identity }: IamParts, input: CreateRoleInput, { account }: Scope): Promise<Role> {
  const { RoleName: name, Path: path, Description: description, PermissionsBoundary: boundaryArn } = input
  const trustPolicy = readTrustPolicy(input.AssumeRolePolicyDocument)
  const tags = readTags(input.Tags)
  const maxSessionDurationSeconds = input.MaxSessionDuration
  return identity.change((changes) => {
    if (changes.findRole(account, name) !== undefined) throw nameTaken('Role', name)
    if (changes.rolesOf(account).length >= LIMITS.roles) throw quotaExceeded('RolesPerAccount', LIMITS.roles)
    checkTrustPrincipals(trustPolicy, changes, identity)
    if (boundaryArn !== undefined) checkBoundary(changes, account, boundaryArn)
    return changes.createRole({
      account,
      name,
      trustPolicy,
      tags,
      ...(path === undefined ? {} : { path }),
      ...(description === undefined ? {} : { description }),
      ...(maxSessionDurationSeconds === undefined ? {} : { maxSessionDurationSeconds }),
      ...(boundaryArn === undefined ? {} : { boundaryArn }),
    })
  })
}
