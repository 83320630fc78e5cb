import type { Accounts } from './accounts.ts'
import type { Answer, Pages } from './routes.ts'

/** SPEC: the reference's pages of `--enable-debugging-handlers`: the cache on the metrics port. */
export function cacheDebugPages(accounts: Accounts): Pages {
  return new Map<string, () => Answer | Promise<Answer>>([
    ['/debug/alpha/cache', () => ({ status: 200, type: 'application/json', body: renderCache(accounts) })],
    [
      '/debug/alpha/cache/clear',
      async () => {
        await accounts.restart()
        return { status: 200, body: 'ok\n' }
      },
    ],
  ])
}

/** SPEC: and on the webhook's own port, two answers to try an API server's ways with. */
export function answerDebugPages(): Pages {
  return new Map<string, () => Answer>([
    ['/debug/alpha/deny', () => ({ status: 200, type: 'application/json', body: DENIAL })],
    ['/debug/alpha/500', () => ({ status: 500, body: 'an error that was asked for\n' })],
  ])
}

const DENIAL = JSON.stringify({
  response: { uid: '', allowed: false, status: { metadata: {}, message: 'denied by the debugging handler' } },
})

function renderCache({ values }: Accounts): string {
  return JSON.stringify(Object.fromEntries([...values].map(([key, { annotations }]) => [key, annotations])))
}
