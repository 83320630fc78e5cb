/** As much of JSON Schema 2020-12 as a test file needs; `checkSchema` knows exactly these words. */
export interface Schema {
  readonly title?: string
  readonly description?: string
  readonly type?: 'object' | 'array' | 'string'
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  /** `false`, or what every other property must be. */
  readonly additionalProperties?: false | Schema
  readonly items?: Schema
  readonly minItems?: number
  readonly minLength?: number
  readonly pattern?: string
  readonly enum?: readonly string[]
  readonly oneOf?: readonly Schema[]
  readonly examples?: readonly unknown[]
}

const text = (description: string, ...examples: readonly string[]): Schema => ({
  description,
  type: 'string',
  minLength: 1,
  examples,
})

const POLICY: Schema = {
  description:
    'A policy: a document; the path of one, from the folder of this file; the ARN of a managed policy, or of a role for its trust policy, of the local cloud.',
  oneOf: [
    { type: 'object', additionalProperties: {} },
    { type: 'string', minLength: 1, examples: ['policies/orders.json', 'arn:aws:iam::aws:policy/ReadOnlyAccess'] },
  ],
}

const list = (description: string, items: Schema): Schema => ({ description, type: 'array', items })
const LEVELS: Schema = list('By level, from the root down; one list of policies a level.', {
  type: 'array',
  items: POLICY,
})

const REQUEST_PROPERTIES = {
  principal: text(
    'Who asks: the ARN of a user, a role (a session of it), an assumed-role session, a root or an oidc-provider; a service; or anonymous.',
    'arn:aws:iam::000000000000:role/orders',
    's3.amazonaws.com',
    'anonymous',
  ),
  action: text('What is asked.', 's3:GetObject'),
  resource: text('An ARN, or * for actions without resource types.', 'arn:aws:s3:::orders-bucket/hello.txt', '*'),
  resourceAccount: text(
    'The account that owns the resource; default the one in its ARN, else the principal’s.',
    '000000000000',
  ),
  context: {
    description: 'Context keys; those that follow from principal and resource need not be given.',
    type: 'object',
    additionalProperties: { oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    examples: [{ 'aws:SourceIp': '10.0.0.1', 'aws:TagKeys': ['team'] }],
  },
} as const satisfies Readonly<Record<string, Schema>>

const POLICIES: Schema = {
  description:
    'The policies that apply. What is absent limits nothing; without identity policies nothing is granted by them.',
  type: 'object',
  additionalProperties: false,
  properties: {
    identity: list('Policies of the principal.', POLICY),
    boundary: POLICY,
    session: POLICY,
    resource: POLICY,
    scp: LEVELS,
    rcp: LEVELS,
    endpoint: POLICY,
  },
}

const OUTCOME: Schema = {
  description: 'What must come of it.',
  type: 'string',
  enum: ['allowed', 'implicitDeny', 'explicitDeny'],
}

const request = (required: readonly string[]): Schema => ({
  description: 'The request that is imagined.',
  type: 'object',
  additionalProperties: false,
  properties: REQUEST_PROPERTIES,
  ...(required.length === 0 ? {} : { required }),
})

/** The form of a test file. Scalars may be written with or without quotes: all of them are read as text, as YAML’s failsafe schema does. */
export const policyTestSchema: Schema = {
  title: 'openirsa policy test',
  description:
    'Unit tests of policies. `request`, `policies` and `expect` at the top are defaults: a case inherits what it does not give itself.',
  type: 'object',
  additionalProperties: false,
  required: ['cases'],
  properties: {
    request: request([]),
    policies: POLICIES,
    expect: OUTCOME,
    cases: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name'],
        properties: {
          name: text('What the case claims.', 'orders reads its bucket'),
          request: request([]),
          policies: POLICIES,
          expect: OUTCOME,
        },
      },
    },
  },
}
