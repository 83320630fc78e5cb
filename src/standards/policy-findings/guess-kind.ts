import { type JsonValue, parseStrictJson, StrictJsonError } from '../../core/index.ts'
import type { PolicyKind } from '../policy/index.ts'
import type { DraftStatement } from './model.ts'
import { isObject, readDraft } from './read-draft.ts'

/** What a document seems to be, and by what one can tell. */
export interface GuessedKind {
  readonly kind: Extract<PolicyKind, 'identity' | 'resource' | 'trust'>
  /** `it names principals, and no resource`: to be said aloud. */
  readonly because: string
}

/** Tells policies of identities, of resources and of roles' trust apart. Those of organizations, sessions and boundaries look like the first. */
export function guessKind(text: string): GuessedKind {
  const root = read(text)
  if (root === undefined) return guessFromText(text)
  const statements = isObject(root) ? readDraft(root, 'identity', text).statements : []
  const isTrust = statements.length > 0 && statements.every(assumesRoles)
  if (isTrust) return { kind: 'trust', because: 'its actions assume roles, and it names no resource' }
  if (statements.some(({ principals }) => principals !== undefined))
    return { kind: 'resource', because: 'it names principals' }
  return { kind: 'identity', because: 'it names no principal' }
}

const ASSUME = /^sts:(AssumeRole.*|TagSession|SetSourceIdentity|SetContext)$/i

function assumesRoles({ actions, resources, principals }: DraftStatement): boolean {
  const items = actions?.items ?? []
  return (
    items.length > 0 &&
    items.every(({ text }) => ASSUME.test(text)) &&
    (resources === undefined || principals !== undefined)
  )
}

function read(text: string): JsonValue | undefined {
  try {
    return parseStrictJson(text)
  } catch (error) {
    if (error instanceof StrictJsonError) return undefined
    throw error
  }
}

/** Of what is no JSON, its words. */
function guessFromText(text: string): GuessedKind {
  if (!/"(Not)?Principal"/.test(text)) return { kind: 'identity', because: 'it names no principal' }
  if (/"sts:AssumeRole/i.test(text)) return { kind: 'trust', because: 'its actions assume roles' }
  return { kind: 'resource', because: 'it names principals' }
}
