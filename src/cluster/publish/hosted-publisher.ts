import type { IncomingMessage, ServerResponse } from 'node:http'
import type { IssuerDocument } from '../key-store/index.ts'
import type { FetchedDocument, Publisher } from './model.ts'

export interface HostedPublisher extends Publisher {
  /** Answers GET and HEAD of the two documents, and 404 or 405 to everything else. */
  answer(request: IncomingMessage, response: ServerResponse): void
}

export interface HostedPublisherParts {
  /** Of this instance: `https://host:port`. */
  readonly target: string
  /** Path of the issuer's URL, without a slash at the end. */
  readonly issuerPath: string
  /** Gets a path from where the documents are served, over TLS as anybody would. */
  readonly fetch: (path: string) => Promise<FetchedDocument | undefined>
}

/** Publishes by serving: the documents lie in memory, and are read back over HTTPS. */
export function createHostedPublisher({ target, issuerPath, fetch }: HostedPublisherParts): HostedPublisher {
  const documents = new Map<string, IssuerDocument>()
  const pathOf = (path: string): string => `${issuerPath}/${path}`
  return {
    target,
    read: async ({ path }) => (documents.has(pathOf(path)) ? fetch(pathOf(path)) : undefined),
    write: async (document) => void documents.set(pathOf(document.path), document),
    answer: (request, response) => {
      const document = documents.get((request.url ?? '').split('?')[0] ?? '')
      if (document === undefined) return refuse(response, 404, 'there is no such page\n')
      if (request.method !== 'GET' && request.method !== 'HEAD')
        return refuse(response, 405, 'this page can only be read\n')
      response.writeHead(200, {
        'Content-Type': document.contentType,
        'Cache-Control': document.cacheControl,
        'Content-Length': Buffer.byteLength(document.body),
        'X-Content-Type-Options': 'nosniff',
      })
      response.end(request.method === 'HEAD' ? undefined : document.body)
    },
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': Buffer.byteLength(text) })
  response.end(text)
}
