import type { IncomingMessage } from 'node:http'
import { type Clock, headerValue, type Randomness } from '../../core/index.ts'
import type { ConnectionFacts } from '../../io/http/index.ts'
import type { Arrival } from './model.ts'

interface World {
  readonly clock: Clock
  readonly randomness: Randomness
}

/** Takes a request as it came. INVARIANT: no header of the client's says where it comes from. */
export function arrive(request: IncomingMessage, facts: ConnectionFacts, { clock, randomness }: World): Arrival {
  const { head } = facts
  return {
    requestId: randomness.uuid(),
    time: clock.now(),
    head,
    origin: {
      sourceIp: (request.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
      userAgent: headerValue(head.headers, 'user-agent') ?? '',
      host: headerValue(head.headers, 'host') ?? '',
      isTls: facts.isTls,
      tlsVersion: facts.tls?.version,
      tlsCipher: facts.tls?.cipher,
    },
    request,
    facts,
  }
}
