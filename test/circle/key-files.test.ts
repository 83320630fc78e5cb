/** The way with key files: kube-apiserver signs by itself, and is restarted after each step of a rotation. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seconds } from '../../src/core/index.ts'
import { systemClock } from '../../src/io/host/index.ts'
import { initIssuer, publishIssuer } from '../../src/tools/issuer/index.ts'
import { rotateKeys } from '../../src/tools/keys/index.ts'
import { type ApiServer, startApiServer } from './harness/api-server.ts'
import { type ControlPlane, describeWithApiServer, eventually, startControlPlane } from './harness/index.ts'
import { isAccepted, makeServiceAccount, requestToken, type Token } from './tokens.ts'

const ISSUER = 'https://oidc.files.test/cluster'
const EXISTING = 'https://kubernetes.default.svc.cluster.local'
const HOST = { clock: systemClock }

describeWithApiServer('a real kube-apiserver with our key files', () => {
  let cluster: ControlPlane
  let server: ApiServer
  let directory: string
  const tokens: Token[] = []
  beforeAll(async () => {
    cluster = await startControlPlane({ issuer: EXISTING, controllers: [] })
    await makeServiceAccount(cluster.apiServer)
    tokens.push(await requestToken(cluster.apiServer, [EXISTING]))
    directory = join(cluster.place.directory, 'issuer')
    const file = cluster.secrets.signingKeyFile
    const times = {
      stsCacheSeconds: seconds(1),
      maxAgeSeconds: seconds(1),
      refreshHintSeconds: seconds(1),
      maxTokenSeconds: seconds(3600),
    }
    const existing = { file, text: readFileSync(file, 'utf8'), issuer: EXISTING }
    await initIssuer({ directory, issuer: ISSUER, keyType: 'rsa', mode: 'files', existing, ...times }, HOST)
    await publishIssuer({ directory, to: [`dir:${join(cluster.place.directory, 'site')}`] }, HOST)
    await cluster.apiServer.stop()
    server = await startApiServer({
      place: cluster.place,
      bin: cluster.bin,
      etcd: cluster.etcd,
      port: Number(new URL(cluster.apiServer.url).port),
      issuer: ISSUER,
      secrets: {
        ...cluster.secrets,
        signingKeyFile: join(directory, 'signing.key'),
        publicKeyFile: join(directory, 'verification.pub'),
      },
      signer: undefined,
      flags: [`--service-account-issuer=${EXISTING}`, `--api-audiences=${EXISTING}`],
    })
  }, 180_000)
  afterAll(async () => {
    await server?.stop()
    await cluster?.stop()
  }, 60_000)

  const rotate = (restarted: boolean) => rotateKeys({ directory, force: false, dryRun: false, restarted }, HOST)

  test('signs with our key, and accepts what the cluster’s own key signed', async () => {
    expect(await isAccepted(server, tokens[0] as Token, EXISTING)).toBe(true)
    tokens.push(await requestToken(server, [ISSUER]))
    expect(await isAccepted(server, tokens[1] as Token, ISSUER)).toBe(true)
    expect(tokens[1]?.keyId).not.toBe(tokens[0]?.keyId)
  })

  test('is rotated by two restarts, and accepts every token from before after each', async () => {
    const added = await rotate(false)
    expect(added.step).toBe('add')
    expect((await rotate(false)).step).toBe('wait')
    await server.restart()
    await rotate(true)
    await eventually('the next key to be let sign', async () => (await rotate(false)).step === 'activate')
    expect((await requestToken(server, [ISSUER])).keyId).toBe(tokens[1]?.keyId)
    await server.restart()
    tokens.push(await requestToken(server, [ISSUER]))
    expect(tokens[2]?.keyId).toBe(added.keyId)
    expect(await isAccepted(server, tokens[0] as Token, EXISTING)).toBe(true)
    for (const token of tokens.slice(1)) expect(await isAccepted(server, token, ISSUER)).toBe(true)
  })
})
