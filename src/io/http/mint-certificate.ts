import { webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import type { Instant, Randomness } from '../../core/index.ts'

/** Who signs: a certificate and its private key, PEM. */
export interface Signer {
  readonly cert: string
  readonly key: string
}

export interface MintOptions {
  readonly commonName: string
  readonly notBefore: Instant
  readonly notAfter: Instant
  readonly randomness: Randomness
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const
const ORGANIZATION = 'openirsa'
/** SPEC: RFC 5280 §4.1.2.2, at most 20 octets, positive; CA/Browser Forum asks for 64 bits of chance at least. */
const SERIAL_BYTES = 16

/** The library is loaded where a certificate is made, not where one is read: it costs 200 ms and 17 MB. */
async function loadX509() {
  // Its documentation asks for this polyfill, before anything else of it.
  await import('reflect-metadata')
  return import('@peculiar/x509')
}

/** A self-signed authority that may sign for servers, and for no further authority. */
export async function mintAuthority(options: MintOptions): Promise<Signer> {
  const x509 = await loadX509()
  const keys = await generateKeys()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      ...fieldsOf(options),
      name: nameOf(options),
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  )
  return { cert: pemOf(certificate.toString('pem')), key: await exportKey(keys.privateKey) }
}

/** A server's certificate for those host names and IP addresses; `cert` does not hold the authority's. */
export async function mintServer(authority: Signer, hosts: readonly string[], options: MintOptions): Promise<Signer> {
  const x509 = await loadX509()
  const keys = await generateKeys()
  const issuer = new x509.X509Certificate(authority.cert)
  const certificate = await x509.X509CertificateGenerator.create(
    {
      ...fieldsOf(options),
      subject: nameOf(options),
      issuer: issuer.subjectName,
      publicKey: keys.publicKey,
      signingKey: await importKey(authority.key),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(
          hosts.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const),
        ),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
        await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  )
  return { cert: pemOf(certificate.toString('pem')), key: await exportKey(keys.privateKey) }
}

function fieldsOf({ notBefore, notAfter, randomness }: MintOptions) {
  const serial = Buffer.from(randomness.bytes(SERIAL_BYTES))
  // Positive, and without a zero in front.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  return {
    serialNumber: serial.toString('hex'),
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    signingAlgorithm: SIGNING,
  }
}

function nameOf({ commonName }: MintOptions) {
  return [{ O: [ORGANIZATION] }, { CN: [commonName] }]
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const body = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${body.replace(/.{64}(?=.)/g, '$&\n')}\n-----END PRIVATE KEY-----\n`
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64')
  return webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign'])
}

/** Node's TLS wants a line feed at the end, so that certificates can follow each other. */
function pemOf(text: string): string {
  return `${text.trim()}\n`
}
