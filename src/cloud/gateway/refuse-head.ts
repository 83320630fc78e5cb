import { ApiError, type HttpHead } from '../../core/index.ts'
import type { HeadFault, RefusalAnswer } from '../../io/http/index.ts'
import type { Service } from '../operation.ts'

/** A head that breaks HTTP's rules, refused in the words of the service that it seems to be for. */
export function refuseHead({ model }: Service, head: HttpHead, fault: HeadFault): RefusalAnswer {
  const { code, status, message } = WORDS[fault]
  const answer = model.encodeError(undefined, head, new ApiError(code, status, message), 'none')
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: answer.body instanceof Uint8Array ? Buffer.from(answer.body).toString('utf8') : '',
  }
}

const bad = (message: string) => ({ code: 'BadRequest', status: 400, message })

const WORDS = {
  'bad-expectation': { code: 'ExpectationFailed', status: 417, message: 'Expect may be 100-continue only.' },
  'bad-host': bad('The Host header is not a host.'),
  'bad-target': bad('The request target must be a path.'),
  'bad-transfer-encoding': {
    code: 'NotImplemented',
    status: 501,
    message: 'Transfer-Encoding may be chunked only, in HTTP/1.1.',
  },
  'bad-version': bad('HTTP/1.1 is expected.'),
  connect: bad('This is no proxy.'),
  'duplicate-header': bad('A header that may be sent once was sent several times.'),
  'https-required': bad('HTTPS is expected on this address.'),
  'missing-host': bad('The Host header is missing.'),
  'too-many-headers': {
    code: 'RequestHeaderSectionTooLarge',
    status: 431,
    message: 'The request has too many headers.',
  },
  upgrade: bad('No upgrade of the protocol is offered.'),
} as const satisfies Record<HeadFault, { code: string; status: number; message: string }>
