import { type Arn, renderArn } from '../../core/index.ts'
import type { AssumedRoleSession } from './model.ts'

/** SPEC: the ARN of a session leaves out the role's path (IAM User Guide, "IAM identifiers"). */
export function sessionArnOf({ partition, account, roleName, sessionName }: AssumedRoleSession): Arn {
  const resource = `assumed-role/${roleName}/${sessionName}`
  return renderArn({ partition, service: 'sts', region: '', account, resource })
}
