import { parseStrictJson, StrictJsonError } from '../../core/index.ts'
import {
  DiscoveryError,
  type IssuerUrl,
  JwkSetError,
  parseDiscoveryDocument,
  parseJwkSet,
} from '../../standards/oidc/index.ts'
import type { IssuerDocument, IssuerDocuments } from '../key-store/index.ts'
import { ForeignKeyError, PublishError } from './errors.ts'
import { findForeignKeys } from './foreign-keys.ts'
import type { DocumentOutcome, FetchedDocument, Publisher, PublishOutcome } from './model.ts'

export interface PublishRequest {
  readonly issuer: IssuerUrl
  readonly documents: IssuerDocuments
  /** Of every key that is or was ours: any other one in the target stops everything. */
  readonly knownKeyIds: ReadonlySet<string>
}

/**
 * Publishes both documents: the JWKS first, so that nobody is led to one that is not there. Run twice it writes nothing the second
 * time; after a crash it completes what is missing. What was written is read back and compared.
 * @throws ForeignKeyError before anything is written; PublishError when what can be read is not what was written
 */
export async function publishDocuments(publisher: Publisher, request: PublishRequest): Promise<PublishOutcome> {
  const { jwks, discovery } = request.documents
  const there = { jwks: await publisher.read(jwks), discovery: await publisher.read(discovery) }
  refuseForeign(publisher.target, there, request)
  const outcomes: DocumentOutcome[] = []
  for (const document of [jwks, discovery]) {
    const before = there[document.name]
    const isSame = before !== undefined && differenceOf(document, before) === undefined
    if (!isSame) {
      await publisher.write(document)
      await readBack(publisher, document)
    }
    outcomes.push({ path: document.path, change: isSame ? 'unchanged' : before === undefined ? 'created' : 'updated' })
  }
  return { target: publisher.target, documents: outcomes, keyIds: [...parseJwkSet(jwks.body).keys.keys()] }
}

function refuseForeign(
  target: string,
  there: Readonly<Record<IssuerDocument['name'], FetchedDocument | undefined>>,
  { issuer, knownKeyIds }: PublishRequest,
): void {
  const keyIds = there.jwks === undefined ? [] : findForeignKeys(there.jwks.body, knownKeyIds)
  if (keyIds.length > 0) throw new ForeignKeyError(target, keyIds)
  const other = there.discovery === undefined ? undefined : issuerOf(there.discovery.body)
  if (other !== undefined && other !== issuer) {
    throw new PublishError(
      `${target} holds the documents of another issuer: \`${other.slice(0, 255)}\`; nothing was changed`,
      {
        hint: 'give each issuer a bucket, prefix or directory of its own',
      },
    )
  }
}

/** The issuer that a discovery document is for; undefined when it was cut short and says nothing. */
function issuerOf(body: string): string | undefined {
  try {
    const document = parseStrictJson(body)
    if (typeof document !== 'object' || document === null || !('issuer' in document)) return undefined
    return typeof document.issuer === 'string' ? document.issuer : undefined
  } catch (failure) {
    if (failure instanceof StrictJsonError) return undefined
    throw failure
  }
}

async function readBack(publisher: Publisher, document: IssuerDocument): Promise<void> {
  const found = await publisher.read(document)
  const difference = found === undefined ? 'it is not there' : differenceOf(document, found)
  if (difference !== undefined) {
    throw new PublishError(
      `\`${document.path}\` was written to ${publisher.target}, but reads back otherwise: ${difference}`,
      {
        hint: 'see what else writes or caches there, and publish again',
      },
    )
  }
}

function differenceOf(wanted: IssuerDocument, found: FetchedDocument): string | undefined {
  if (found.body !== wanted.body) return 'the text differs'
  if (found.contentType !== wanted.contentType)
    return `its type is ${found.contentType ?? 'missing'}, expected ${wanted.contentType}`
  if (found.cacheControl !== wanted.cacheControl)
    return `its Cache-Control is ${found.cacheControl ?? 'missing'}, expected ${wanted.cacheControl}`
  return undefined
}

/** Whether the documents lead a verifier from issuer to keys; what does not is never published. @throws PublishError */
export function checkDocuments({ jwks, discovery }: IssuerDocuments, issuer: IssuerUrl): void {
  try {
    parseDiscoveryDocument(discovery.body, issuer)
    if (parseJwkSet(jwks.body).keys.size > 0) return
  } catch (cause) {
    if (!(cause instanceof DiscoveryError || cause instanceof JwkSetError)) throw cause
    throw new PublishError(`the documents would not be accepted: ${cause.message}`, { cause })
  }
  throw new PublishError('the JWKS would have no key', { hint: '`openirsa keys list` shows what there is' })
}
