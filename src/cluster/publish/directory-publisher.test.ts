import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { generateSigningKey } from '../issuer/index.ts'
import { createDirectoryPublisher } from './directory-publisher.ts'
import { documentsOf, testPublisher } from './publisher.contract.ts'

const temporary = () => mkdtempSync(join(tmpdir(), 'publish-'))

testPublisher('a directory', async () => {
  const root = temporary()
  const close = async (): Promise<void> => rmSync(root, { recursive: true })
  return { publisher: createDirectoryPublisher(join(root, 'site')), close }
})

test('files of a directory can be read by everybody, and say beside them how to serve them', async () => {
  const root = temporary()
  const { jwks, discovery } = documentsOf([generateSigningKey('ES256')])
  const publisher = createDirectoryPublisher(root)
  await publisher.write(jwks)
  await publisher.write(discovery)
  expect(statSync(join(root, 'keys.json')).mode & 0o777).toBe(0o644)
  expect(readFileSync(join(root, '_headers'), 'utf8')).toBe(`/.well-known/openid-configuration
  Content-Type: application/json
  Cache-Control: public, max-age=600
/keys.json
  Content-Type: application/jwk-set+json
  Cache-Control: public, max-age=600
`)
  rmSync(root, { recursive: true })
})

test('a directory that cannot be made is told with its way out', async () => {
  const root = temporary()
  writeFileSync(join(root, 'site'), 'a file')
  const { discovery } = documentsOf([generateSigningKey('ES256')])
  await expect(createDirectoryPublisher(join(root, 'site')).write(discovery)).rejects.toThrow('cannot be made')
  rmSync(root, { recursive: true })
})
