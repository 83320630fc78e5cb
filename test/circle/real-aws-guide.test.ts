import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { type ApiServer, startApiServer } from './harness/api-server.ts'
import { describeGuide, type GuideRun } from './harness/guide.ts'

/** Where kubeadm's kube-apiserver has the files that the page says to put there. */
const KUBEADM_FILES = '/etc/kubernetes/pki/openirsa'
const EXISTING = 'https://kubernetes.default.svc.cluster.local'

let restarted: ApiServer | undefined
afterAll(() => restarted?.stop())

/** kube-apiserver with the flags that `issuer init` printed, and the cluster's own issuer second. */
async function restartAsPrinted({ cluster, shell, printedBy }: GuideRun): Promise<void> {
  const printed = printedBy('openirsa issuer init')
  const words = [...printed.matchAll(/^ {4}- (--[\w-]+)=(\S+)$/gm)].map(([, name = '', value = '']) => ({
    name,
    value: value.replace(KUBEADM_FILES, join(shell.folder, 'issuer')),
  }))
  const fileOf = (flag: string): string => words.find(({ name }) => name === flag)?.value ?? ''
  const own = ['--service-account-signing-key-file', '--service-account-key-file'] as const
  const [issuer, ...others] = words.filter(({ name }) => name === '--service-account-issuer')
  expect(others.map(({ value }) => value)).toEqual([EXISTING])
  const flags = words.filter((word) => word !== issuer && !own.some((name) => name === word.name))
  await cluster.apiServer.stop()
  restarted = await startApiServer({
    place: cluster.place,
    bin: cluster.bin,
    etcd: cluster.etcd,
    port: Number(new URL(cluster.apiServer.url).port),
    issuer: issuer?.value ?? '',
    secrets: { ...cluster.secrets, signingKeyFile: fileOf(own[0]), publicKeyFile: fileOf(own[1]) },
    signer: undefined,
    flags: flags.map(({ name, value }) => `${name}=${value}`),
  })
}

describeGuide('docs/guides/real-aws.md', 'does what it says, with the local cloud half in the place of AWS', {
  cluster: { issuer: EXISTING },
  commands: 20,
  begin: async ({ cluster, shell, mustRun }) => {
    copyFileSync(cluster.secrets.signingKeyFile, join(shell.folder, 'sa.key'))
    await mustRun('openirsa up --detach && eval "$(openirsa env)"')
  },
  before: [
    [/^kubectl get --raw .\.well-known/, restartAsPrinted],
    [/^openirsa sa bind .* --yes$/, ({ mustRun }) => mustRun('openirsa cluster add real --kubeconfig "$KUBECONFIG"')],
  ],
})
