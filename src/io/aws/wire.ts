import { request } from 'node:http'

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

const TIMEOUT_MILLISECONDS = 15_000

/** Sends one request to an installation's http endpoint and reads the whole answer, whatever its status. */
export function send(endpoint: string, { method, target, headers = {}, body = '' }: Sent): Promise<AwsAnswer> {
  const { hostname, port } = new URL(endpoint)
  return new Promise((resolve, reject) => {
    const options = { hostname, port, method, path: target, headers: { ...headers }, timeout: TIMEOUT_MILLISECONDS }
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
          code: status < 300 ? '' : (/<Code>([\w.]+)<\/Code>/.exec(text)?.[1] ?? String(status)),
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
