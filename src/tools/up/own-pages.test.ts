import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CONTROL_TOKEN, DENIAL, ISSUER, openPages, type PagesUnderTest } from './testing/pages-under-test.ts'

interface Told {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

let pages: PagesUnderTest

beforeAll(async () => {
  pages = await openPages()
})
afterAll(() => pages.close())

interface Way {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

function ask(path: string, { method = 'GET', headers = {}, body }: Way = {}): Promise<Told> {
  return new Promise((resolve, reject) => {
    const call = request(`${pages.endpoint}${path}`, { method, headers: { ...headers }, agent: false }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }))
    })
    call.on('error', reject)
    call.end(body)
  })
}

const opened = { authorization: `Bearer ${CONTROL_TOKEN}` }
const api = (path: string, way: Way = {}): Promise<Told> =>
  ask(`/_openirsa/api/v1/${path}`, { ...way, headers: { ...opened, ...way.headers } })
const post = (path: string, body: unknown): Promise<Told> => api(path, { method: 'POST', body: JSON.stringify(body) })

describe('the own pages', () => {
  test.each(['health', 'livez', 'readyz'])('%s answers 200', async (page) => {
    expect((await ask(`/_openirsa/${page}`)).status).toBe(200)
  })

  test('health says which version runs', async () => {
    expect(JSON.parse((await ask('/_openirsa/health')).text)).toEqual({ status: 'ok', version: '9.9.9' })
  })

  test('the issuer documents are served below the issuer id, with the types and the life that kube-apiserver gives them', async () => {
    const base = `/_openirsa/oidc/${ISSUER.slice(-32)}/`
    const discovery = await ask(`${base}.well-known/openid-configuration`)
    expect([discovery.status, discovery.headers['content-type']]).toEqual([200, 'application/json'])
    expect(discovery.headers['cache-control']).toBe('public, max-age=3600')
    const jwks = await ask(`${base}openid/v1/jwks`)
    expect([jwks.status, jwks.headers['content-type']]).toEqual([200, 'application/jwk-set+json'])
    expect((await ask('/_openirsa/oidc/FFFF/openid/v1/jwks')).status).toBe(404)
  })

  test('what is not below /_openirsa/ is left to others', async () => {
    expect((await ask('/bucket/_openirsa/health')).text).toBe('not ours')
  })

  test('a page that is not there is 404, one that is written to 405', async () => {
    expect((await ask('/_openirsa/nothing')).status).toBe(404)
    expect((await ask('/_openirsa/health', { method: 'POST', body: 'x' })).status).toBe(405)
    expect((await ask('/_openirsa/__proto__')).status).toBe(404)
  })

  test('metrics count answers by status, in the text format of Prometheus', async () => {
    const before = await ask('/_openirsa/metrics')
    await ask('/_openirsa/nothing')
    const after = await ask('/_openirsa/metrics')
    expect(after.headers['content-type']).toContain('version=0.0.4')
    const count = ({ text }: Told): number =>
      Number(/^openirsa_http_requests_total\{code="404"\} (\d+)$/m.exec(text)?.[1] ?? 0)
    expect(count(after)).toBe(count(before) + 1)
    expect(after.text).toMatch(/^openirsa_http_request_duration_seconds_bucket\{le="\+Inf"\} \d+$/m)
    expect(after.text).toContain('openirsa_build_info{version="9.9.9"} 1')
    for (const line of after.text.trim().split('\n'))
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? [\d.e+-]+)$/)
  })
})

describe("the installation's own API", () => {
  test('without its token, or with another, it says nothing', async () => {
    for (const authorization of [undefined, 'Bearer ', `Bearer ${CONTROL_TOKEN}x`, CONTROL_TOKEN]) {
      const answer = await ask('/_openirsa/api/v1/service-accounts', {
        headers: authorization === undefined ? {} : { authorization },
      })
      expect([authorization, answer.status]).toEqual([authorization, 401])
      expect(answer.text).not.toContain('default')
    }
  })

  test('a browser is turned away, even with the token', async () => {
    expect((await api('service-accounts', { headers: { origin: 'http://127.0.0.1:8080' } })).status).toBe(403)
  })

  test('a token is minted only for a service account that exists', async () => {
    const wanted = { namespace: 'default', name: 'nobody', audiences: ['sts.amazonaws.com'], expirationSeconds: 3600 }
    const refused = await post('token-requests', wanted)
    expect(refused.status).toBe(404)
    expect(refused.text).toContain('default/nobody')
    expect(refused.text).toContain('openirsa apply')
    expect(pages.minted).toEqual([])
    const minted = await post('token-requests', { ...wanted, name: 'default' })
    expect(minted.status).toBe(200)
    expect(pages.minted).toEqual([{ audiences: ['sts.amazonaws.com'], expirationSeconds: 3600 }])
  })

  test('a body that lacks something, or is no JSON, is 400', async () => {
    expect((await post('token-requests', { namespace: 'default', name: 'default' })).text).toContain('audiences')
    expect((await api('token-requests', { method: 'POST', body: '{' })).status).toBe(400)
    expect((await post('manifests', { documents: 'one' })).status).toBe(400)
  })

  test('what Kubernetes would not take is 400 with its reason', async () => {
    const answer = await post('manifests', {
      documents: [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } }],
    })
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('Secret')
  })

  test('the newest denial is given without an id, an older one by it', async () => {
    expect((await api('denials')).status).toBe(404)
    pages.deny(DENIAL)
    pages.deny({ ...DENIAL, id: 'zzzzzzzzzzzzzz77' })
    expect(JSON.parse((await api('denials')).text).id).toBe('zzzzzzzzzzzzzz77')
    expect(JSON.parse((await api(`denials/${DENIAL.id}`)).text)).toEqual(DENIAL)
    expect((await api('denials/nothing')).status).toBe(404)
  })

  test('a call that does not exist is 404, also with a method of its own', async () => {
    expect((await api('denials/a/b')).status).toBe(404)
    expect((await api('denials', { method: 'DELETE' })).status).toBe(404)
  })
})

describe('the trail', () => {
  test('is answered to whoever has the token, an account at a time', async () => {
    expect(JSON.parse((await api('trail?account=000000000000&since=1')).text)).toEqual({ events: [] })
    expect((await ask('/_openirsa/api/v1/trail?account=000000000000')).status).toBe(401)
  })

  test.each(['trail', 'trail?account=1', 'trail?account=000000000000&since=yesterday'])(
    '%s is refused',
    async (path) => {
      expect((await api(path)).status).toBe(400)
    },
  )
})
