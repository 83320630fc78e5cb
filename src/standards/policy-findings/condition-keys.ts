import { covers, templateToGlob } from './globs.ts'
import type { ActionCatalogue, KnownKey } from './model.ts'

const text = (...names: readonly string[]) => names.map((name) => [name, 'String', false] as const)
const texts = (...names: readonly string[]) => names.map((name) => [name, 'String', true] as const)

/** Keys that every service has, and those that come with credentials. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
const GLOBAL = [
  ...text(
    'aws:AssumedRoot',
    'aws:CalledViaFirst',
    'aws:CalledViaLast',
    'aws:FederatedProvider',
    'aws:PrincipalAccount',
  ),
  ...text('aws:PrincipalOrgID', 'aws:PrincipalServiceName', 'aws:PrincipalTag/*', 'aws:PrincipalType', 'aws:Referer'),
  ...text('aws:RequestTag/*', 'aws:RequestedRegion', 'aws:ResourceAccount', 'aws:ResourceOrgID', 'aws:ResourceTag/*'),
  ...text('aws:SourceAccount', 'aws:SourceIdentity', 'aws:SourceOrgID', 'aws:SourceOwner', 'aws:SourceVpc'),
  ...text('aws:SourceVpce', 'aws:UserAgent', 'aws:VpceAccount', 'aws:VpceOrgID', 'aws:userid', 'aws:username'),
  ...text('aws:ViaAWSMCPService', 'aws:CalledViaAWSMCP', 'aws:IsMcpServiceAction'),
  ...text('ec2:RoleDelivery', 'glue:CredentialIssuingService', 'identitystore:UserId'),
  ...texts('aws:CalledVia', 'aws:PrincipalOrgPaths', 'aws:PrincipalServiceNamesList', 'aws:ResourceOrgPaths'),
  ...texts('aws:SourceOrgPaths', 'aws:TagKeys', 'aws:VpceOrgPaths'),
  ['aws:PrincipalArn', 'ARN', false],
  ['aws:SourceArn', 'ARN', false],
  ['aws:SourceVpcArn', 'ARN', false],
  ['aws:ChatbotSourceArn', 'ARN', false],
  ['aws:Ec2InstanceSourceVpc', 'String', false],
  ['aws:Ec2InstanceSourcePrivateIPv4', 'IPAddress', false],
  ['aws:SourceIp', 'IPAddress', false],
  ['aws:VpcSourceIp', 'IPAddress', false],
  ['aws:CurrentTime', 'Date', false],
  ['aws:EpochTime', 'Date', false],
  ['aws:TokenIssueTime', 'Date', false],
  ['aws:MultiFactorAuthAge', 'Numeric', false],
  ['aws:MultiFactorAuthPresent', 'Bool', false],
  ['aws:PrincipalIsAWSService', 'Bool', false],
  ['aws:SecureTransport', 'Bool', false],
  ['aws:ViaAWSService', 'Bool', false],
  ['ec2:SourceInstanceArn', 'ARN', false],
  ['glue:RoleAssumedBy', 'String', false],
  ['lambda:SourceFunctionArn', 'ARN', false],
  ['ssm:SourceInstanceArn', 'ARN', false],
] as const satisfies readonly (readonly [name: string, type: string, isMultivalued: boolean])[]

const GLOBAL_KEYS: readonly KnownKey[] = GLOBAL.map(([name, type, isMultivalued]) => ({ name, type, isMultivalued }))

/** `s3` of `s3:prefix`, in lower case; empty without a colon. */
export function serviceOfKey(key: string): string {
  const colon = key.indexOf(':')
  return colon < 0 ? '' : key.slice(0, colon).toLowerCase()
}

/** What is known of a key, by its name in any case; undefined for a key that nobody knows. */
export function findKey(
  key: string,
  { conditionKeysOf }: Pick<ActionCatalogue, 'conditionKeysOf'>,
): KnownKey | undefined {
  return (
    GLOBAL_KEYS.find(({ name }) => isNameOf(name, key)) ??
    conditionKeysOf(serviceOfKey(key)).find(({ name }) => isNameOf(name, key))
  )
}

/** Is the key the one of that name, or one that its free parts allow? */
export function isNameOf(name: string, key: string): boolean {
  const glob = templateToGlob(name.toLowerCase()).replace(/\/tag-key$/, '/*')
  return covers(glob, key.toLowerCase())
}

/** The tag key is missing behind these. */
export const TAG_KEYS = ['aws:RequestTag/', 'aws:ResourceTag/', 'aws:PrincipalTag/'] as const

/** The prefix of a tag's key without a tag, as `aws:RequestTag` or `aws:RequestTag/`; undefined for all else. */
export function tagKeyWithoutTag(key: string): string | undefined {
  const folded = key.toLowerCase()
  return TAG_KEYS.find((prefix) => folded === prefix.toLowerCase() || `${folded}/` === prefix.toLowerCase())
}
