import { ApiError, type HttpHead, headerValue } from '../../core/index.ts'
import { constraintChecker, validationError } from './constraints.ts'
import { renderError } from './errors.ts'
import { cloudtrailTable } from './generated/cloudtrail.ts'
import { cloudtrailConstraints } from './generated/cloudtrail-constraints.ts'
import { eksTable } from './generated/eks.ts'
import { eksAuthTable } from './generated/eks-auth.ts'
import { eksAuthConstraints } from './generated/eks-auth-constraints.ts'
import { eksConstraints } from './generated/eks-constraints.ts'
import { iamTable } from './generated/iam.ts'
import { iamConstraints } from './generated/iam-constraints.ts'
import { s3Table } from './generated/s3.ts'
import { s3Constraints } from './generated/s3-constraints.ts'
import { stsTable } from './generated/sts.ts'
import { stsConstraints } from './generated/sts-constraints.ts'
import { checkIam } from './iam-check.ts'
import { readInput } from './inputs.ts'
import type { QueryForm, RecognisedOperation, ServiceModel, ServiceName } from './model.ts'
import { renderOutput } from './outputs.ts'
import { parseQueryForm } from './query-form.ts'
import { compileRoutes, recogniseRest } from './rest-route.ts'
import { checkS3 } from './s3-check.ts'
import { compileS3, recogniseS3 } from './s3-route.ts'
import { memberOf, resolveShape, structureOf } from './shapes.ts'
import type { ConstraintTable, OperationRow, ServiceTable } from './table.ts'

const TABLES = {
  sts: [stsTable, stsConstraints],
  iam: [iamTable, iamConstraints],
  eks: [eksTable, eksConstraints],
  'eks-auth': [eksAuthTable, eksAuthConstraints],
  cloudtrail: [cloudtrailTable, cloudtrailConstraints],
  s3: [s3Table, s3Constraints],
} as const satisfies Record<ServiceName, readonly [ServiceTable, ConstraintTable]>

const models = new Map<ServiceName, ServiceModel>()

/** The wire model of a service; built at the first call and then kept. */
export function serviceModel(name: ServiceName): ServiceModel {
  const known = models.get(name)
  if (known !== undefined) return known
  const model = build(...TABLES[name])
  models.set(name, model)
  return model
}

/** True for an operation whose body must not be buffered: it reaches the service as a stream (S3 PutObject, UploadPart). */
export function isStreamingInput(model: ServiceModel, operation: string): boolean {
  const [table] = TABLES[model.name]
  const shape = structureOf(table, rowOf(table, operation)?.input ?? '.unit')
  return Object.values(shape.members).some((row) => {
    const { ref, traits } = memberOf(row)
    const found = resolveShape(table, ref)
    return traits.payload === true && found.kind === 'simple' && found.type === 'stream'
  })
}

function rowOf(table: ServiceTable, operation: string): OperationRow | undefined {
  return Object.hasOwn(table.operations, operation) ? table.operations[operation] : undefined
}

function build(table: ServiceTable, constraints: ConstraintTable): ServiceModel {
  const check = constraintChecker(table, constraints)
  const { name, signingName, protocol, apiVersion, xmlNamespace, targetPrefix } = table
  const rowFor = (operation: RecognisedOperation): OperationRow => {
    const row = rowOf(table, operation.name)
    if (row === undefined) throw new ApiError('InternalFailure', 500, `${name} has no operation ${operation.name}`)
    return row
  }
  return {
    name,
    signingName,
    protocol,
    apiVersion,
    ...(xmlNamespace === undefined ? {} : { xmlNamespace }),
    ...(targetPrefix === undefined ? {} : { targetPrefix }),
    operationNames: Object.keys(table.operations),
    recognise: recogniser(table),
    decodeInput: async (operation, head, body, form) =>
      readInput({ table, operation, row: rowFor(operation), head, body, form }),
    checkInput: (operation, input) => {
      const error = errorOf(table, { operation, input, violations: check(operation, input) })
      if (error !== undefined) throw error
    },
    encodeOutput: async (operation, head, output, requestId) =>
      renderOutput({ table, name: operation.name, row: rowFor(operation), head, output, requestId }),
    encodeError: (_operation, head, error, requestId) => renderError(table, head, error, requestId),
  }
}

/** Most services word a broken rule as their protocol does. */
function errorOf(table: ServiceTable, checked: Parameters<typeof checkS3>[1]): ApiError | undefined {
  if (table.protocol === 'restXml') return checkS3(table, checked)
  return table.name === 'iam' ? checkIam(checked.violations) : validationError(table.protocol, checked.violations)
}

type Recogniser = ServiceModel['recognise']

function recogniser(table: ServiceTable): Recogniser {
  return RECOGNISERS[table.protocol](table)
}

const RECOGNISERS = {
  awsQuery: (table: ServiceTable) => (head: HttpHead, form: QueryForm | undefined) => recogniseQuery(table, head, form),
  awsJson1_0: (table: ServiceTable) => (head: HttpHead) => recogniseTarget(table, head),
  awsJson1_1: (table: ServiceTable) => (head: HttpHead) => recogniseTarget(table, head),
  restJson: (table: ServiceTable) => {
    const routes = compileRoutes(table)
    return (head: HttpHead) => recogniseRest(routes, head)
  },
  restXml: (table: ServiceTable) => {
    const router = compileS3(table, compileRoutes(table))
    return (head: HttpHead) => recogniseS3(router, head)
  },
} as const satisfies Record<ServiceTable['protocol'], (table: ServiceTable) => Recogniser>

/** By `Action`; a `Version` that is given must be the service's own. */
function recogniseQuery(
  table: ServiceTable,
  head: HttpHead,
  form: QueryForm | undefined,
): RecognisedOperation | undefined {
  const parameters = form ?? parseQueryForm(head.query)
  const action = parameters.get('Action')
  const version = parameters.get('Version')
  if (action === undefined || rowOf(table, action) === undefined) return undefined
  return version === undefined || version === table.apiVersion ? { name: action, labels: {} } : undefined
}

/** By `X-Amz-Target: <prefix>.<operation>`; SDKs send the last part of the prefix only, the CLI all of it. */
function recogniseTarget(table: ServiceTable, head: HttpHead): RecognisedOperation | undefined {
  const target = headerValue(head.headers, 'x-amz-target') ?? ''
  const dot = target.lastIndexOf('.')
  const prefix = target.slice(0, Math.max(dot, 0))
  const wanted = table.targetPrefix ?? ''
  if (prefix !== wanted && prefix !== wanted.slice(wanted.lastIndexOf('.') + 1)) return undefined
  const name = target.slice(dot + 1)
  return rowOf(table, name) === undefined ? undefined : { name, labels: {} }
}
