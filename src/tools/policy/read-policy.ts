import { ConfigError, PolicyError } from '../../core/index.ts'
import { createLocator, findJsonFaults, type JsonFault, pathOfPointer } from '../../standards/json-text/index.ts'
import {
  identityFaultWords,
  type NamedPolicy,
  type PolicyDocument,
  type PolicyKind,
  parsePolicyDocument,
  resourceFaultWords,
  trustFaultWords,
} from '../../standards/policy/index.ts'

/** A policy as text, and how people call it: a file's path, `case "x", identity policy 1`, an ARN. */
export interface PolicyText {
  readonly name: string
  readonly text: string
  readonly arn?: string
}

/**
 * A policy document is not one: AWS's sentence, and where exactly what is missing. Ends a command with 2.
 * The first of `places` is what stands in the message.
 */
export class PolicyTextError extends ConfigError {
  readonly places: readonly JsonFault[]
  /** AWS's sentence, as it would answer the document. */
  readonly awsMessage: string

  constructor(name: string, places: readonly JsonFault[], awsMessage: string) {
    super(renderPlaces(name, places), { hint: `AWS would answer MalformedPolicyDocument: ${awsMessage}` })
    this.places = places
    this.awsMessage = awsMessage
  }
}

function renderPlaces(name: string, [first, ...more]: readonly JsonFault[]): string {
  if (first === undefined) return `${name} is no policy`
  const line = `${name}:${first.line}:${first.column}: ${first.what}`
  if (more.length === 0) return line
  return `${line}; also ${more.map((fault) => `${fault.line}:${fault.column} (${fault.what})`).join(', ')}`
}

const KEPT = new Map<string, PolicyDocument>()

/**
 * Reads a policy that somebody wrote. The same text is parsed, and later compiled, once.
 * @throws PolicyTextError with AWS's sentence, line, column and what is missing
 */
export function readPolicy(source: PolicyText, kind: PolicyKind): NamedPolicy {
  const key = `${kind} ${source.text}`
  let document = KEPT.get(key)
  if (document === undefined) {
    document = parse(source, kind)
    KEPT.set(key, document)
  }
  const { name, arn } = source
  return { name, ...(arn === undefined ? {} : { arn }), document }
}

function parse({ name, text }: PolicyText, kind: PolicyKind): PolicyDocument {
  try {
    return parsePolicyDocument(text, kind)
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    throw new PolicyTextError(name, placesOf(text, error), wordsOf(kind)(error))
  }
}

function placesOf(text: string, error: PolicyError): readonly JsonFault[] {
  const faults = findJsonFaults(text)
  if (faults.length > 0) return faults
  const { where, message } = error
  const [, unknown] = /^expected no element `(.+)`$/.exec(message) ?? []
  const path = [...pathOfPointer(where), ...(unknown === undefined ? [] : [unknown])]
  const at = createLocator(text)(path)
  return [{ ...at, what: where === '' ? message : `${where}: ${message}` }]
}

/** The sentence of the API that would take a document of this kind. */
function wordsOf(kind: PolicyKind): (error: PolicyError) => string {
  if (kind === 'trust') return trustFaultWords
  return kind === 'resource' || kind === 'endpoint' ? resourceFaultWords : identityFaultWords
}
