import type { TrustPolicy } from './generate.ts'

/** The policy as Terraform's `aws_iam_policy_document`. */
export function renderHcl({ document, providerArn }: TrustPolicy): string {
  const conditions = document.Statement.flatMap(({ Condition }) =>
    Object.entries(Condition).flatMap(([test, keys]) =>
      Object.entries(keys).map(([variable, values]) => ({ test, variable, values: [values].flat() })),
    ),
  )
  return [
    'data "aws_iam_policy_document" "trust" {',
    '  statement {',
    '    effect  = "Allow"',
    '    actions = ["sts:AssumeRoleWithWebIdentity"]',
    '',
    '    principals {',
    '      type        = "Federated"',
    `      identifiers = [${quote(providerArn)}]`,
    '    }',
    ...conditions.flatMap(({ test, variable, values }) => [
      '',
      '    condition {',
      `      test     = ${quote(test)}`,
      `      variable = ${quote(variable)}`,
      `      values   = [${values.map(quote).join(', ')}]`,
      '    }',
    ]),
    '  }',
    '}',
  ].join('\n')
}

/** A text of HCL: what would begin a template is doubled. SPEC: HCL native syntax, "Template Literals" */
const quote = (text: string): string => JSON.stringify(text).replaceAll(/[$%](?=\{)/g, (mark) => mark + mark)
