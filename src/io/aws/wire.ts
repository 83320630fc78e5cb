import { request as requestPlainly } from 'node:http'
import { request as requestSecurely } from 'node:https'
import { rootCertificates } from 'node:tls'

/** What one of our own calls was answered; `code` is AWS's error code, or the empty string when it was allowed. */
export interface AwsAnswer {
  readonly status: number
  readonly code: string
  readonly text: string
  /** By which the installation explains a refusal; absent when there was none, or it comes from elsewhere. */
  readonly denialId?: string
}

export interface Sent {
  readonly method: string
  readonly target: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Where calls go. */
export interface Wire {
  readonly endpoint: string
  /** PEM: certificates that are trusted beside those that Node brings. */
  readonly authority?: string
}

const TIMEOUT_MILLISECONDS = 15_000

/** Sends one request and reads the whole answer, whatever its status. */
export function send(
  { endpoint, authority }: Wire,
  { method, target, headers = {}, body = '' }: Sent,
): Promise<AwsAnswer> {
  const { protocol, hostname, port } = new URL(endpoint)
  const request = protocol === 'https:' ? requestSecurely : requestPlainly
  return new Promise((resolve, reject) => {
    const options = {
      hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
      port,
      method,
      path: target,
      headers: { ...headers },
      timeout: TIMEOUT_MILLISECONDS,
      ...(authority === undefined ? {} : { ca: [...rootCertificates, authority] }),
    }
    const call = request(options, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('error', reject)
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8')
        const status = answer.statusCode ?? 0
        const denialId = answer.headers['x-openirsa-denial']
        resolve({
          status,
          code: status < 300 ? '' : codeOf(text, answer.headers['x-amzn-errortype'], status),
          text,
          ...(typeof denialId === 'string' ? { denialId } : {}),
        })
      })
    })
    call.on('timeout', () => call.destroy(new Error(`no answer within ${TIMEOUT_MILLISECONDS / 1000} s`)))
    call.on('error', reject)
    call.end(body)
  })
}

/** SPEC: of XML in the body; of REST with JSON in a header, where an URI may follow. */
function codeOf(text: string, header: string | string[] | undefined, status: number): string {
  const [named = ''] = typeof header === 'string' ? header.split(':') : []
  return /<Code>([\w.]+)<\/Code>/.exec(text)?.[1] ?? (/^\w+$/.test(named) ? named : String(status))
}
