import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError } from '../../core/index.ts'
import {
  askInstallation,
  ControlError,
  dataDirectoryPaths,
  findRunningPid,
  type InstallationFacts,
  type Lock,
  readAdministrators,
  readFacts,
  takeLock,
  writeAdministrators,
  writeFacts,
} from './index.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'openirsa-installation-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const factsOf = (endpoint: string, pid = process.pid): InstallationFacts => ({
  endpoint,
  httpsEndpoint: endpoint.replace('http:', 'https:'),
  caFile: join(directory, 'tls/ca.crt'),
  issuer: 'https://oidc.eks.us-east-1.amazonaws.com/id/ABC',
  account: '000000000000',
  accounts: ['000000000000'],
  region: 'us-east-1',
  pid,
})

describe('facts and credentials of an installation', () => {
  it('are read as they were written, from private files', async () => {
    const facts = factsOf('http://127.0.0.1:4566')
    const administrators = [{ account: '000000000000', accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' }]
    await writeFacts(directory, facts)
    await writeAdministrators(directory, administrators)
    expect(await readFacts(directory)).toEqual(facts)
    expect(await readAdministrators(directory)).toEqual(administrators)
    const paths = dataDirectoryPaths(directory)
    for (const path of [paths.facts, paths.administrators]) expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('where none was started there are none, and the way out is told', async () => {
    expect(await readAdministrators(directory)).toEqual([])
    await expect(readFacts(directory)).rejects.toMatchObject({
      message: `there is no installation in \`${directory}\``,
      hint: expect.stringContaining('openirsa up') as string,
    })
  })

  it('that are damaged, or open to others, are refused without a word of what they say', async () => {
    const { administrators } = dataDirectoryPaths(directory)
    await writeAdministrators(directory, [{ account: '0', accessKeyId: 'A', secretAccessKey: 'canary' }])
    chmodSync(administrators, 0o644)
    await expect(readAdministrators(directory)).rejects.toThrow(/open to others/)
    chmodSync(administrators, 0o600)
    writeFileSync(administrators, '[{"secretAccessKey":"canary"')
    const failure = await readAdministrators(directory).catch((thrown: unknown) => thrown as ConfigError)
    expect(failure).toBeInstanceOf(ConfigError)
    expect(String(failure)).not.toContain('canary')
  })
})

describe('the API of a running installation', () => {
  let server: Server
  let lock: Lock | undefined
  let asked: { method: string; url: string; authorization: string | undefined; body: string }[]
  let answer: (request: IncomingMessage, response: ServerResponse) => void

  beforeEach(async () => {
    asked = []
    answer = (_request, response) => response.end('{"ok":true}')
    server = createServer((request, response) => {
      let body = ''
      request.on('data', (part) => {
        body += part
      })
      request.on('end', () => {
        asked.push({ method: request.method!, url: request.url!, authorization: request.headers.authorization, body })
        answer(request, response)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await writeFacts(directory, factsOf(`http://127.0.0.1:${port}`))
    writeFileSync(dataDirectoryPaths(directory).controlToken, 'the-key\n', { mode: 0o600 })
    lock = takeLock(dataDirectoryPaths(directory).lock)
  })
  afterEach(async () => {
    lock?.release()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const failureOf = (work: Promise<unknown>): Promise<ControlError> =>
    work.then(
      () => expect.fail('nothing was refused'),
      (failure: unknown) => failure as ControlError,
    )

  it('is asked with the key of the directory, and its answer is given back', async () => {
    expect(await askInstallation(directory, { method: 'POST', path: 'token-requests', body: { a: 'ä' } })).toEqual({
      ok: true,
    })
    answer = (_request, response) => response.writeHead(204).end()
    expect(await askInstallation(directory, { method: 'GET', path: 'denials/x' })).toEqual({})
    expect(asked).toEqual([
      { method: 'POST', url: '/_openirsa/api/v1/token-requests', authorization: 'Bearer the-key', body: '{"a":"ä"}' },
      { method: 'GET', url: '/_openirsa/api/v1/denials/x', authorization: 'Bearer the-key', body: '' },
    ])
    expect(findRunningPid(directory)).toBe(process.pid)
  })

  it('a refusal has its words, its status and the way out', async () => {
    answer = (_request, response) => response.writeHead(404).end('{"error":{"message":"no such","hint":"apply it"}}')
    const failure = await failureOf(askInstallation(directory, { method: 'GET', path: 'x' }))
    expect(failure).toBeInstanceOf(ControlError)
    expect(failure).toMatchObject({ status: 404, message: 'no such', hint: 'apply it' })
    answer = (_request, response) => response.writeHead(500).end()
    expect(await failureOf(askInstallation(directory, { method: 'GET', path: 'x' }))).toMatchObject({ status: 500 })
  })

  it('what listens there and is no installation is told', async () => {
    answer = (_request, response) => response.end('<html>')
    expect((await failureOf(askInstallation(directory, { method: 'GET', path: 'x' }))).message).toContain(
      'is not openirsa',
    )
  })

  it('the key is not sent when nothing runs, nor to the port of an earlier start', async () => {
    lock?.release()
    const stopped = await failureOf(askInstallation(directory, { method: 'GET', path: 'x' }))
    expect(stopped.message).toBe(`no installation is running in \`${directory}\``)
    lock = takeLock(dataDirectoryPaths(directory).lock)
    await writeFacts(directory, { ...(await readFacts(directory)), pid: process.pid + 1 })
    await expect(askInstallation(directory, { method: 'GET', path: 'x' })).rejects.toThrow('no installation is running')
    expect(asked).toEqual([])
  })

  it('one that does not answer is told, and a key that is open to others is not used', async () => {
    answer = (request) => request.socket.destroy()
    const failure = await failureOf(askInstallation(directory, { method: 'GET', path: 'x' }))
    expect(failure.message).toContain('does not answer')
    expect(String(failure)).not.toContain('the-key')
    chmodSync(dataDirectoryPaths(directory).controlToken, 0o640)
    await expect(askInstallation(directory, { method: 'GET', path: 'x' })).rejects.toThrow(/open to others/)
  })
})
