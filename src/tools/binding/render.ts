import { renderServiceAccountRef } from '../../core/index.ts'
import type { Desired } from './desired.ts'
import { ROLE_ANNOTATION } from './model.ts'

/** The whole binding in the words of other tools, for who applies it by other means. */

/** Terraform, with the providers hashicorp/aws and hashicorp/kubernetes. */
export function renderHcl(desired: Desired): string {
  const { issuer, audience, roleName, trust, policyArns, inlinePolicies, wish, tags } = desired
  const label = roleName.replaceAll(/[^\w-]/g, '_')
  const { namespace, name } = wish.serviceAccount
  const lines =
    wish.roleArn === undefined
      ? [
          block(`resource "aws_iam_openid_connect_provider" "cluster"`, [
            `url            = ${quote(issuer)}`,
            `client_id_list = [${quote(audience)}]`,
          ]),
          block(`resource "aws_iam_role" "${label}"`, [
            `name               = ${quote(roleName)}`,
            `assume_role_policy = ${quote(JSON.stringify(trust.document))}`,
            ...(wish.permissionsBoundary === undefined
              ? []
              : [`permissions_boundary = ${quote(wish.permissionsBoundary)}`]),
            'depends_on         = [aws_iam_openid_connect_provider.cluster]',
            `tags               = { ${Object.entries(tags)
              .map(([key, value]) => `${quote(key)} = ${quote(value)}`)
              .join(', ')} }`,
          ]),
          ...policyArns.map((arn, at) =>
            block(`resource "aws_iam_role_policy_attachment" "${label}_${at}"`, [
              `role       = aws_iam_role.${label}.name`,
              `policy_arn = ${quote(arn)}`,
            ]),
          ),
          ...inlinePolicies.map(({ name: policy, text }, at) =>
            block(`resource "aws_iam_role_policy" "${label}_${at}"`, [
              `name   = ${quote(policy)}`,
              `role   = aws_iam_role.${label}.name`,
              `policy = ${quote(text)}`,
            ]),
          ),
        ]
      : []
  const arn = wish.roleArn === undefined ? `aws_iam_role.${label}.arn` : quote(wish.roleArn)
  const annotations = block(`resource "kubernetes_annotations" "${label}"`, [
    'api_version = "v1"',
    'kind        = "ServiceAccount"',
    `metadata {\n    name      = ${quote(name)}\n    namespace = ${quote(namespace)}\n  }`,
    `annotations = { ${quote(ROLE_ANNOTATION)} = ${arn} }`,
  ])
  return [...lines, annotations].join('\n\n')
}

function block(head: string, lines: readonly string[]): string {
  return [`${head} {`, ...lines.map((line) => `  ${line}`), '}'].join('\n')
}

/** SPEC: a quoted template of HCL: `${` and `%{` would begin an interpolation. */
function quote(text: string): string {
  return JSON.stringify(text).replaceAll('${', '$${').replaceAll('%{', '%%{')
}

/** Commands of the AWS CLI and kubectl, in their order. */
export function renderAwsCli(desired: Desired): string {
  const { issuer, audience, roleName, roleArn, trust, policyArns, inlinePolicies, wish, tags } = desired
  const { namespace, name } = wish.serviceAccount
  const annotate = `kubectl annotate serviceaccount --namespace ${namespace} ${name} --overwrite ${shell(`${ROLE_ANNOTATION}=${roleArn}`)}`
  if (wish.roleArn !== undefined) return annotate
  const tagWords = Object.entries(tags).map(([key, value]) => shell(`Key=${key},Value=${value}`))
  return [
    `aws iam create-open-id-connect-provider --url ${shell(issuer)} --client-id-list ${shell(audience)}`,
    [
      `aws iam create-role --role-name ${shell(roleName)}`,
      `--assume-role-policy-document ${shell(JSON.stringify(trust.document))}`,
      ...(wish.permissionsBoundary === undefined ? [] : [`--permissions-boundary ${shell(wish.permissionsBoundary)}`]),
      `--tags ${tagWords.join(' ')}`,
    ].join(' '),
    ...policyArns.map((arn) => `aws iam attach-role-policy --role-name ${shell(roleName)} --policy-arn ${shell(arn)}`),
    ...inlinePolicies.map(
      ({ name: policy, text }) =>
        `aws iam put-role-policy --role-name ${shell(roleName)} --policy-name ${shell(policy)} --policy-document ${shell(text)}`,
    ),
    annotate,
  ].join('\n')
}

function shell(text: string): string {
  return /^[\w./:@=+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** The service account with its annotation; for `kubectl apply --server-side`. */
export function renderYaml({ roleArn, wish }: Desired): string {
  const { namespace, name } = wish.serviceAccount
  return [
    `# ${renderServiceAccountRef(wish.serviceAccount)} with its role; the role itself: -o hcl or -o aws-cli`,
    'apiVersion: v1',
    'kind: ServiceAccount',
    'metadata:',
    `  name: ${JSON.stringify(name)}`,
    `  namespace: ${JSON.stringify(namespace)}`,
    '  annotations:',
    `    ${ROLE_ANNOTATION}: ${JSON.stringify(roleArn)}`,
  ].join('\n')
}
