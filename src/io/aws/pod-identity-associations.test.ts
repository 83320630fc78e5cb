import { describe, expect, it } from 'vitest'
import { localAssociations } from './pod-identity-associations.ts'

const of = (namespace: string, serviceAccount: string) => ({ namespace, serviceAccount, associationId: 'a-1' })

function listAnswered(...answers: readonly { readonly status?: number; readonly body: unknown }[]) {
  const asked: string[] = []
  const readEks = async (target: string) => {
    const { status = 200, body } = answers[asked.push(target) - 1] ?? { status: 500, body: {} }
    return { status, code: '', text: typeof body === 'string' ? body : JSON.stringify(body) }
  }
  return { asked, list: localAssociations(async () => ({ readEks }), 'my-cluster') }
}

describe('the associations of a cluster', () => {
  it('are read page by page', async () => {
    const { asked, list } = listAnswered(
      { body: { associations: [of('shop', 'orders')], nextToken: 'n+1' } },
      { body: { associations: [of('lab', 'probe')] } },
    )
    expect(await list()).toEqual([
      { namespace: 'shop', name: 'orders' },
      { namespace: 'lab', name: 'probe' },
    ])
    expect(asked).toEqual([
      '/clusters/my-cluster/pod-identity-associations?maxResults=100',
      '/clusters/my-cluster/pod-identity-associations?maxResults=100&nextToken=n%2B1',
    ])
  })

  it('that name what no service account can be called by are left out, and stop no other', async () => {
    const { list } = listAnswered({ body: { associations: [of('Shop', 'x'), of('shop', 'a/b'), of('shop', 'ok')] } })
    expect(await list()).toEqual([{ namespace: 'shop', name: 'ok' }])
  })

  it.each([
    ['no list', {}],
    ['null', { associations: null }],
    ['no JSON', 'ok'],
    ['nothing', ''],
    ['an entry without a service account', { associations: [{ namespace: 'shop' }] }],
    ['an entry that is none', { associations: ['shop/orders'] }],
  ])('an answer with %s is a failure, never an empty list', async (_what, body) => {
    await expect(listAnswered({ body }).list()).rejects.toThrow(/is unusable/)
  })

  it('a refused page is a failure of the whole list, in the words of EKS', async () => {
    const { list } = listAnswered(
      { body: { associations: [of('shop', 'orders')], nextToken: 'n' } },
      { status: 404, body: { message: 'No cluster found for name: my-cluster.' } },
    )
    await expect(list()).rejects.toThrow(
      'the local cloud refuses ListPodIdentityAssociations: 404: No cluster found for name: my-cluster.',
    )
  })

  it('the same page for ever is a failure', async () => {
    const page = { body: { associations: [], nextToken: 'n' } }
    await expect(listAnswered(page, page, page).list()).rejects.toThrow(/same page again/)
  })
})
