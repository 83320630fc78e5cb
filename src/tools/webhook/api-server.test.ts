import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findApiServer } from './api-server.ts'

let directory: string
let kubeconfig: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'openirsa-kubeconfig-'))
  kubeconfig = join(directory, 'config')
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'a',
    contexts: [{ name: 'a', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server: 'https://api.example:6443' } }],
    users: [{ name: 'u', user: { token: 'canary' } }],
  }
  writeFileSync(kubeconfig, JSON.stringify(config))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe('the API server', () => {
  test('is the kubeconfig’s, with its credentials', async () => {
    const access = await findApiServer({ kubeconfig, 'kube-api': '' }, {})
    expect([access.server, access.credentials.kind]).toEqual(['https://api.example:6443', 'token'])
  })

  test('is at the URL that is given, with the kubeconfig’s credentials', async () => {
    const access = await findApiServer({ kubeconfig, 'kube-api': 'https://10.0.0.1:6443/' }, {})
    expect([access.server, access.credentials.kind]).toEqual(['https://10.0.0.1:6443', 'token'])
  })

  test.each(['http://127.0.0.1:8001', 'http://localhost:8001', 'http://[::1]:8001', 'https://api.example'])(
    'is at %s, with no credentials',
    async (url) => {
      const access = await findApiServer({ kubeconfig: '', 'kube-api': url }, {})
      expect(access).toEqual({ server: url, trust: { kind: 'system' }, credentials: { kind: 'none' } })
    },
  )

  test.each([
    'http://10.0.0.1',
    'http://localhost.example',
    'ftp://127.0.0.1',
    'x',
    'https://a:b@host',
    'https://host?x',
  ])('is not at %s', async (url) => {
    await expect(findApiServer({ kubeconfig: '', 'kube-api': url }, {})).rejects.toThrow(
      /^--kube-api: expected an https URL/,
    )
  })

  test('is nowhere outside of a pod, when nothing names it', async () => {
    await expect(findApiServer({ kubeconfig: '', 'kube-api': '' }, {})).rejects.toThrow('this is no pod')
  })

  test('in a pod without a token, that is what is missing', async () => {
    const environment = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' }
    await expect(findApiServer({ kubeconfig: '', 'kube-api': '' }, environment)).rejects.toThrow(/serviceaccount/)
  })
})
