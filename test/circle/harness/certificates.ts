import { randomBytes, randomUUID } from 'node:crypto'
import { instant } from '../../../src/core/index.ts'
import { mintAuthority, mintServer } from '../../../src/io/http/mint-certificate.ts'

export interface Certificates {
  readonly authority: string
  readonly certificate: string
  readonly key: string
}

/** For an hour, of an authority of its own: what cert-manager would make. PEM. */
export async function mintCertificates(hosts: readonly string[]): Promise<Certificates> {
  const randomness = { bytes: (count: number) => randomBytes(count), uuid: () => randomUUID() }
  const [notBefore, notAfter] = [instant(Date.now() - 60_000), instant(Date.now() + 3_600_000)]
  const authority = await mintAuthority({ commonName: 'test', notBefore, notAfter, randomness })
  const server = await mintServer(authority, [...hosts], {
    commonName: hosts[0] ?? '',
    notBefore,
    notAfter,
    randomness,
  })
  return { authority: authority.cert, certificate: server.cert, key: server.key }
}
