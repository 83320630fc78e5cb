import { join } from 'node:path'
import { API_SERVER_FILES, type IssuerState } from '../../cluster/key-store/index.ts'

/** Kubernetes as somebody packs it. */
export type Distribution = 'kubeadm' | 'kind' | 'k3s' | 'rke2' | 'talos' | 'kops'

/** What to change in a cluster, and how to change it back. */
export interface Recipe {
  readonly title: string
  readonly files: readonly RecipeFile[]
  readonly steps: readonly string[]
  readonly back: readonly string[]
}

export interface RecipeFile {
  readonly path: string
  readonly note?: string
  readonly text: string
}

/** What a recipe is written from. */
export interface RecipeFacts {
  /** The issuer's directory on this machine. */
  readonly directory: string
  readonly state: IssuerState
}

/** Directory of the socket, which is what is mounted: a new socket of the same name is another file. */
export const SOCKET_DIRECTORY = '/run/openirsa'
export const SOCKET = `${SOCKET_DIRECTORY}/signer.sock`

export interface ApiServerFlag {
  readonly name: string
  readonly value: string
}

/**
 * The flags of kube-apiserver, in their order: of several issuers the first one signs, all are accepted.
 * @param keyDirectory where kube-apiserver finds the key files
 */
export function apiServerFlags({ state }: RecipeFacts, keyDirectory: string): readonly ApiServerFlag[] {
  const { issuer, existingIssuer, jwksUri, mode, times } = state
  const flag = (name: string, value: string): ApiServerFlag => ({ name: `service-account-${name}`, value })
  const isCapped = mode === 'files' && times.maxTokenSeconds < 365 * 24 * 3600
  return [
    flag('issuer', issuer),
    ...(existingIssuer === undefined || existingIssuer === issuer ? [] : [flag('issuer', existingIssuer)]),
    flag('jwks-uri', jwksUri),
    ...(mode === 'signer'
      ? [flag('signing-endpoint', SOCKET)]
      : [
          flag('signing-key-file', join(keyDirectory, API_SERVER_FILES.signing)),
          flag('key-file', join(keyDirectory, API_SERVER_FILES.verification)),
        ]),
    ...(isCapped
      ? [flag('max-token-expiration', `${times.maxTokenSeconds}s`), flag('extend-token-expiration', 'false')]
      : []),
  ]
}

export const renderFlags = (flags: readonly ApiServerFlag[], indent = ''): string =>
  flags.map(({ name, value }) => `${indent}- --${name}=${value}`).join('\n')

/** The unit that runs the signer on the machine of a kube-apiserver; it has to be up before kube-apiserver. */
export function signerUnit({ directory }: RecipeFacts, before: string): RecipeFile {
  return {
    path: '/etc/systemd/system/openirsa-signer.service',
    note: 'systemd',
    text: `[Unit]
Description=openirsa: external signer of service account tokens
Before=${before}
StartLimitIntervalSec=0

[Service]
Type=simple
RuntimeDirectory=openirsa
RuntimeDirectoryMode=0700
RuntimeDirectoryPreserve=yes
ExecStart=/usr/bin/env openirsa serve issuer --dir ${directory} --signer unix:${SOCKET}
Restart=always
RestartSec=1

[Install]
WantedBy=multi-user.target
`,
  }
}

export const SIGNER_STEPS: readonly string[] = [
  'install openirsa there (npm install --global openirsa), and give every control-plane node the same directory of the issuer',
  'systemctl daemon-reload && systemctl enable --now openirsa-signer',
]

export const LAST_STEPS: readonly string[] = [
  'leave --api-audiences as it is, and never add sts.amazonaws.com to it: AWS tokens would open kube-apiserver too',
  'see it: kubectl get --raw /.well-known/openid-configuration, then openirsa issuer verify with the URL of the issuer',
]
