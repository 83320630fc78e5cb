/** Keys, tokens and kubeconfigs of one control plane: made for it, readable by its owner only. */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Place } from './place.ts'

export interface ControlPlaneSecrets {
  readonly signingKeyFile: string
  readonly publicKeyFile: string
  /** `--token-auth-file` */
  readonly tokensFile: string
  readonly tokens: Readonly<Record<User, string>>
}

export type User = keyof typeof USERS

/** Who may come with a token: name and groups. The kubelet is no administrator, so that the node authorizer is asked as it is elsewhere. */
const USERS = {
  admin: ['admin', 'system:masters'],
  kubelet: ['system:node:node1', 'system:nodes'],
} as const

const OWNER_ONLY = { mode: 0o600 }

export function makeSecrets({ directory }: Place): ControlPlaneSecrets {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const tokens = { admin: randomBytes(24).toString('base64url'), kubelet: randomBytes(24).toString('base64url') }
  const rows = Object.entries(USERS).map(([user, [name, group]]) => `${tokens[user as User]},${name},${user},${group}`)
  const write = (name: string, text: string): string => {
    const file = join(directory, name)
    writeFileSync(file, text, OWNER_ONLY)
    return file
  }
  return {
    signingKeyFile: write('service-accounts.key', privateKey),
    publicKeyFile: write('service-accounts.pub', publicKey),
    tokensFile: write('tokens.csv', `${rows.join('\n')}\n`),
    tokens,
  }
}

export interface Kubeconfig {
  readonly server: string
  readonly certificateAuthority: string
  readonly token: string
}

export function writeKubeconfig(file: string, { server, certificateAuthority, token }: Kubeconfig): void {
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'circle', cluster: { server, 'certificate-authority': certificateAuthority } }],
    users: [{ name: 'user', user: { token } }],
    contexts: [{ name: 'circle', context: { cluster: 'circle', user: 'user' } }],
    'current-context': 'circle',
  }
  writeFileSync(file, stringify(document), OWNER_ONLY)
}
