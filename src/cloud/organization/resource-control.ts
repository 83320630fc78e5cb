/**
 * Services whose resources can be protected by resource control policies; of others they are not asked.
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
 */
const WITH_RESOURCE_CONTROL: ReadonlySet<string> = new Set([
  's3',
  'sts',
  'kms',
  'sqs',
  'secretsmanager',
  'dynamodb',
  'logs',
  'ecr',
])

/** Whether resource control policies are asked about that action, in whatever case it is written. */
export function hasResourceControl(action: string): boolean {
  const [service = ''] = action.toLowerCase().split(':')
  return WITH_RESOURCE_CONTROL.has(service)
}
