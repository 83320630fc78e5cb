import { ConfigError, type Partition, parseArn, renderServiceAccountRef, stsAudienceOf } from '../../core/index.ts'
import { generateTrust, type TrustPolicy } from '../trust/index.ts'
import type { BindWish, InlinePolicy } from './model.ts'
import { defaultRoleName } from './role-name.ts'

/** Everything that is to be there in the end, whatever is there now. */
export interface Desired {
  readonly wish: BindWish
  readonly issuer: string
  readonly audience: string
  readonly providerArn: string
  readonly roleName: string
  readonly roleArn: string
  readonly trust: TrustPolicy
  /** By which a role is known to be the service account's own. */
  readonly tags: Readonly<Record<string, string>>
  readonly policyArns: readonly string[]
  readonly inlinePolicies: readonly InlinePolicy[]
}

export interface Home {
  readonly account: string
  readonly partition: string
  /** https URL. */
  readonly issuer: string
}

/** Whose role it is: `NAMESPACE/NAME`. */
export const OWNER_TAG = 'openirsa/service-account'
/** Of which cluster: the issuer's host and path. */
export const ISSUER_TAG = 'openirsa/issuer'

/** @throws ConfigError when the role's ARN is none of the account */
export function desiredOf(wish: BindWish, { account, partition, issuer }: Home): Desired {
  const { serviceAccount } = wish
  const providerArn = `arn:${partition}:iam::${account}:oidc-provider/${hostPathOf(issuer)}`
  const audience = wish.audience ?? stsAudienceOf(partition as Partition)
  const roleName = roleNameOf(wish, account)
  return {
    wish,
    issuer,
    audience,
    providerArn,
    roleName,
    roleArn: wish.roleArn ?? `arn:${partition}:iam::${account}:role${wish.rolePath ?? '/'}${roleName}`,
    trust: generateTrust({ serviceAccounts: [serviceAccount], providerArn, audience }),
    tags: { [OWNER_TAG]: renderServiceAccountRef(serviceAccount), [ISSUER_TAG]: hostPathOf(issuer) },
    policyArns: wish.policyArns,
    inlinePolicies: wish.inlinePolicies,
  }
}

export const hostPathOf = (issuer: string): string => issuer.replace(/^https:\/\//, '')

function roleNameOf(
  { roleArn, roleName, serviceAccount, policyArns, inlinePolicies }: BindWish,
  account: string,
): string {
  if (roleArn === undefined) return roleName ?? defaultRoleName(serviceAccount)
  const arn = parseArn(roleArn)
  const name = arn?.resource.startsWith('role/') === true ? arn.resource.split('/').at(-1) : undefined
  if (arn?.service !== 'iam' || name === undefined || name === '')
    throw new ConfigError(`\`${roleArn.slice(0, 200)}\` is no role`, {
      hint: 'such as arn:aws:iam::000000000000:role/orders',
    })
  if (arn.account !== account)
    throw new ConfigError(`the role is of the account ${arn.account}, the credentials are of ${account}`, {
      hint: 'use credentials of the account of the role: its OIDC provider is looked up there',
    })
  if (policyArns.length > 0 || inlinePolicies.length > 0)
    throw new ConfigError('a role that exists is not changed: it gets no policies', {
      hint: 'leave --policy-arn and --policy-file out, or let a role be made (without --role-arn)',
    })
  return name
}
