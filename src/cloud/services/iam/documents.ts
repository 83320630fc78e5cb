import { PolicyError } from '../../../core/index.ts'
import {
  findUnscopedIssuer,
  identityFaultWords,
  type ParseOptions,
  type PolicyDocument,
  parsePolicyDocument,
  resourceFaultWords,
  trustFaultWords,
} from '../../../standards/policy/index.ts'
import { malformedInput, malformedPolicy, quotaExceeded, unscopedIssuer } from './errors.ts'
import { LIMITS } from './limits.ts'

/** @throws ApiError MalformedPolicyDocument, LimitExceeded */
export function readTrustPolicy(text: string): PolicyDocument {
  const document = read(text, 'trust')
  if (sizeOf(text) > LIMITS.trustPolicySize) throw quotaExceeded('ACLSizePerRole', LIMITS.trustPolicySize)
  const unscoped = findUnscopedIssuer(document)
  if (unscoped !== undefined) throw unscopedIssuer(unscoped.key)
  return document
}

/** @throws ApiError MalformedPolicyDocument */
export function readInlinePolicy(text: string): PolicyDocument {
  return read(text, 'identity')
}

/** @throws ApiError MalformedPolicyDocument, LimitExceeded */
export function readManagedPolicy(text: string): PolicyDocument {
  const document = read(text, 'identity', { oldestVersion: '2012-10-17' })
  if (sizeOf(text) > LIMITS.managedPolicySize) throw quotaExceeded('PolicySize', LIMITS.managedPolicySize)
  return document
}

/** A document that is only simulated. @throws ApiError InvalidInput */
export function readSimulatedPolicy(text: string, kind: 'identity' | 'resource'): PolicyDocument {
  try {
    return parsePolicyDocument(text, kind)
  } catch (error) {
    if (error instanceof PolicyError) throw malformedInput(FAULT_WORDS[kind](error))
    throw error
  }
}

const FAULT_WORDS = { trust: trustFaultWords, identity: identityFaultWords, resource: resourceFaultWords } as const

function read(text: string, kind: keyof typeof FAULT_WORDS, options: ParseOptions = {}): PolicyDocument {
  try {
    return parsePolicyDocument(text, kind, options)
  } catch (error) {
    if (error instanceof PolicyError) throw malformedPolicy(FAULT_WORDS[kind](error))
    throw error
  }
}

/** SPEC: IAM does not count white space. */
export function sizeOf(text: string): number {
  return text.replace(/[ \t\r\n]/g, '').length
}

/** SPEC: a document in an answer is URL-encoded as RFC 3986 says. */
export function renderDocument({ text }: PolicyDocument): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}
