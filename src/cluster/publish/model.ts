import type { IssuerDocument } from '../key-store/index.ts'

/** A document as anybody gets it from the target. */
export interface FetchedDocument {
  readonly body: string
  readonly contentType: string | undefined
  readonly cacheControl: string | undefined
}

/** A place where the two documents of one issuer are published. */
export interface Publisher {
  /** As `--to` names it. */
  readonly target: string
  /** What can be read there now; undefined when there is no such document. */
  read(document: Pick<IssuerDocument, 'path'>): Promise<FetchedDocument | undefined>
  /** Puts the document there in one step: a reader gets the old one or the new one. */
  write(document: IssuerDocument): Promise<void>
}

/** What became of a document. */
export interface DocumentOutcome {
  readonly path: string
  readonly change: 'created' | 'updated' | 'unchanged'
}

export interface PublishOutcome {
  readonly target: string
  readonly documents: readonly DocumentOutcome[]
  /** Of every key that can now be read there. */
  readonly keyIds: readonly string[]
}
