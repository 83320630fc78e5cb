import type { ConfigMapIdentity, WebhookSettings } from './model.ts'
import type { Notes } from './notes.ts'
import { quote } from './warnings.ts'

/** The role that the annotation names; undefined where it names none. */
export function readRole(written: string | undefined, settings: WebhookSettings, notes: Notes): string | undefined {
  if (written === undefined) return undefined
  const home = settings.composeRoleArn
  if (written.trim() === '' && !settings.compatibility.has('blank-role')) {
    notes.add('blank-role', 'role-arn of the service account is blank: no role is injected for it')
    return undefined
  }
  const role =
    home === undefined || written.includes('arn:')
      ? written
      : `arn:${home.partition}:iam::${home.account}:role/${written}`
  return role === '' ? undefined : role
}

// SPEC: the reference's own check; what fails it is logged there and used all the same.
const ROLE_ARN = /^arn:aws[a-z0-9-]*:iam::\d{12}:role\/[\w\-/.@+=,]+$/

export function checkRoleArn(roleArn: string, notes: Notes): void {
  if (!ROLE_ARN.test(roleArn)) {
    notes.add('invalid-role-arn', `${quote(roleArn)} is not the ARN of a role, AWS will refuse it`)
  }
}

/** Does the ConfigMap's entry name a role? */
export function hasRole(entry: ConfigMapIdentity, settings: WebhookSettings, notes: Notes): boolean {
  if (entry.roleArn.trim() !== '') return true
  if (settings.compatibility.has('blank-role')) return entry.roleArn !== ''
  notes.add('blank-role', `the ConfigMap's role for ${quote(entry.key)} is blank: no role is injected for it`)
  return false
}
