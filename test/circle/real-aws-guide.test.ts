import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openShell, type Shell } from '../transcripts/shell.ts'
import { fits, parseTranscript } from '../transcripts/transcript.ts'
import { type ApiServer, startApiServer } from './harness/api-server.ts'
import { type ControlPlane, describeWithApiServer, startControlPlane } from './harness/index.ts'

const DOCUMENT = 'docs/guides/real-aws.md'
/** Where kubeadm's kube-apiserver has the files that the page says to put there. */
const KUBEADM_FILES = '/etc/kubernetes/pki/openirsa'

describeWithApiServer(`${DOCUMENT} does what it says, with the local cloud half in the place of AWS`, () => {
  const steps = parseTranscript(readFileSync(DOCUMENT, 'utf8'))
  const before = { ...process.env }
  let cluster: ControlPlane
  let restarted: ApiServer | undefined
  let shell: Shell
  let printedByInit = ''

  beforeAll(async () => {
    cluster = await startControlPlane({
      issuer: 'https://kubernetes.default.svc.cluster.local',
      controllers: ['serviceaccount-controller', 'namespace-controller'],
    })
    process.env.KUBECONFIG = cluster.kubeconfig
    process.env.PATH = `${cluster.bin}${delimiter}${process.env.PATH}`
    shell = openShell()
    copyFileSync(cluster.secrets.signingKeyFile, join(shell.folder, 'sa.key'))
    await mustRun('openirsa up --detach && eval "$(openirsa env)"')
  })
  afterAll(async () => {
    process.env.KUBECONFIG = before.KUBECONFIG
    process.env.PATH = before.PATH
    await shell?.close()
    await restarted?.stop()
    await cluster?.stop()
  })

  async function mustRun(command: string): Promise<string> {
    const { status, printed } = await shell.run(command)
    expect(status, printed).toBe(0)
    return printed
  }

  /** What somebody does by hand, or AWS by itself, before that command. */
  const BEFORE: readonly (readonly [RegExp, () => Promise<unknown>])[] = [
    [/^kubectl get --raw .\.well-known/, restartAsPrinted],
    [/^openirsa sa bind .* --yes$/, () => mustRun('openirsa cluster add real --kubeconfig "$KUBECONFIG"')],
  ]

  /** kube-apiserver with the flags that `issuer init` printed, and the cluster's own issuer second. */
  async function restartAsPrinted(): Promise<void> {
    const words = [...printedByInit.matchAll(/^ {4}- (--[\w-]+)=(\S+)$/gm)].map(([, name = '', value = '']) => ({
      name,
      value: value.replace(KUBEADM_FILES, join(shell.folder, 'issuer')),
    }))
    const flagValue = (name: string): string => words.find((word) => word.name === name)?.value ?? ''
    const own = ['--service-account-signing-key-file', '--service-account-key-file']
    const [issuer, ...others] = words.filter(({ name }) => name === '--service-account-issuer')
    expect(others.map(({ value }) => value)).toEqual(['https://kubernetes.default.svc.cluster.local'])
    const flags = words.filter((word) => word !== issuer && !own.includes(word.name))
    await cluster.apiServer.stop()
    restarted = await startApiServer({
      place: cluster.place,
      bin: cluster.bin,
      etcd: cluster.etcd,
      port: Number(new URL(cluster.apiServer.url).port),
      issuer: issuer?.value ?? '',
      secrets: { ...cluster.secrets, signingKeyFile: flagValue(own[0] ?? ''), publicKeyFile: flagValue(own[1] ?? '') },
      signer: undefined,
      flags: flags.map(({ name, value }) => `${name}=${value}`),
    })
  }

  test('it has commands, and says what is not run', () => {
    expect(steps.filter(({ kind }) => kind === 'command').length).toBeGreaterThan(20)
    expect(readFileSync(DOCUMENT, 'utf8')).toContain('**not run**')
  })

  for (const step of steps) {
    test(`line ${step.line}: ${step.name.split('\n')[0]}`, { timeout: 120_000 }, async () => {
      if (step.kind === 'file') return writeFileSync(join(shell.folder, step.name), step.text)
      for (const [begin, act] of BEFORE) if (begin.test(step.name)) await act()
      const { status, printed } = await shell.run(step.name)
      if (step.name.startsWith('openirsa issuer init')) printedByInit = printed
      if (/# refused/.test(step.name)) expect(status, printed).not.toBe(0)
      else expect(status, printed).toBe(0)
      expect(fits(step.text, printed), `expected\n${step.text}\nprinted\n${printed}`).toBe(true)
    })
  }
})
