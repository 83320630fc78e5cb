/** The AWS CLI as this machine has it, made visible to a pod: nothing can be pulled here. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { PAUSE_IMAGE } from './containerd.ts'
import type { Node } from './node.ts'

export interface AwsCli {
  readonly command: string
  /** Its Python: the environment that it is in, and what that is made from. */
  readonly directories: readonly string[]
}

/** Undefined where there is none that a Python of this machine runs. */
export function findAwsCli(): AwsCli | undefined {
  for (const directory of (process.env.PATH ?? '').split(delimiter)) {
    const command = join(directory, 'aws')
    if (!existsSync(command)) continue
    const python = /^#!(\/\S*python\S*)\n/.exec(readFileSync(command, 'latin1'))?.[1]
    if (python === undefined) continue
    const script = 'import sys; print(sys.prefix); print(sys.base_prefix)'
    const [prefix = '', base = ''] = execFileSync(python, ['-c', script], { encoding: 'utf8' }).split('\n')
    return { command, directories: [...new Set([prefix, base])].filter((path) => !path.startsWith('/usr')) }
  }
  return undefined
}

/** As the articles do it: `kubectl run aws-cli-test --overrides …`, then `kubectl exec` into it. */
export async function runAwsCliPod({ kubectl }: Node, pod: AwsCliPod): Promise<void> {
  const { name, namespace, serviceAccountName, cli } = pod
  const folders = [
    ['/usr', '/usr'],
    ['/usr/lib', '/lib'],
    ['/usr/lib64', '/lib64'],
    ['/usr/bin', '/bin'],
    ...cli.directories.map((path) => [path, path] as const),
  ] as const
  const container = {
    name,
    image: PAUSE_IMAGE,
    imagePullPolicy: 'Never',
    command: ['sleep', 'infinity'],
    env: [{ name: 'PATH', value: '/usr/bin:/bin' }],
    volumeMounts: folders.map(([, mountPath], at) => ({ name: `machine-${at}`, mountPath, readOnly: true })),
  }
  const volumes = folders.map(([path], at) => ({ name: `machine-${at}`, hostPath: { path, type: 'Directory' } }))
  const spec = { serviceAccountName, terminationGracePeriodSeconds: 0, containers: [container], volumes }
  const overrides = JSON.stringify({ apiVersion: 'v1', spec })
  await kubectl('run', name, `--namespace=${namespace}`, `--image=${PAUSE_IMAGE}`, `--overrides=${overrides}`)
  await kubectl('wait', '--for=condition=Ready', `pod/${name}`, `--namespace=${namespace}`, '--timeout=60s')
}

export interface AwsCliPod {
  readonly name: string
  readonly namespace: string
  readonly serviceAccountName: string
  readonly cli: AwsCli
}
