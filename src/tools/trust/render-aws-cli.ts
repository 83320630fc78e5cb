import type { TrustPolicy } from './generate.ts'

/** The command that makes a role with the policy; what is in them runs nothing else. */
export function renderAwsCli({ document }: TrustPolicy, role: string): string {
  return `aws iam create-role --role-name ${quote(role)} --assume-role-policy-document ${quote(JSON.stringify(document))}`
}

/** A word for a POSIX shell. */
const quote = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
