import { ConfigError } from '../../core/index.ts'
import {
  apiServerFlags,
  type Distribution,
  LAST_STEPS,
  type Recipe,
  type RecipeFacts,
  renderFlags,
  SIGNER_STEPS,
  SOCKET_DIRECTORY,
  signerUnit,
} from './recipe.ts'

/** What to change in a cluster of that distribution, and the way back. @throws ConfigError for what it cannot do */
export function recipeFor(distribution: Distribution, facts: RecipeFacts): Recipe {
  return RECIPES[distribution](facts)
}

const PKI = '/etc/kubernetes/pki/openirsa'
const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml'
const SAVED = '/etc/kubernetes/kube-apiserver.yaml.before-openirsa'

function kubeadm(facts: RecipeFacts): Recipe {
  const isSigner = facts.state.mode === 'signer'
  const flags = apiServerFlags(facts, PKI)
  const gone = ['issuer', 'jwks-uri', 'key-file', 'signing-key-file', 'signing-endpoint'].map(
    (name) => `--service-account-${name}`,
  )
  const mount = `    volumeMounts:
    - {mountPath: ${SOCKET_DIRECTORY}, name: openirsa-signer}
  volumes:
  - {name: openirsa-signer, hostPath: {path: ${SOCKET_DIRECTORY}, type: DirectoryOrCreate}}
`
  return {
    title: 'kubeadm: on every control-plane node, one after the other',
    files: [
      ...(isSigner ? [signerUnit(facts, 'kubelet.service')] : []),
      {
        path: MANIFEST,
        note: `in spec.containers[0].command take out every line that begins with ${gone.join(', ')}, and add these`,
        text: `${renderFlags(flags, '    ')}\n${isSigner ? `    # and, beside the mounts and volumes that are there:\n${mount}` : ''}`,
      },
      {
        path: 'kubeadm-config (ConfigMap in kube-system), ClusterConfiguration, kubeadm.k8s.io/v1beta4',
        note: 'so that an upgrade keeps it',
        text: `apiServer:\n  extraArgs:\n${flags.map(({ name, value }) => `  - {name: ${name}, value: ${JSON.stringify(value)}}`).join('\n')}\n${
          isSigner
            ? `  extraVolumes:\n  - {name: openirsa-signer, hostPath: ${SOCKET_DIRECTORY}, mountPath: ${SOCKET_DIRECTORY}, pathType: DirectoryOrCreate}\n`
            : ''
        }`,
      },
    ],
    steps: [
      `cp ${MANIFEST} ${SAVED}`,
      ...(isSigner
        ? SIGNER_STEPS
        : [
            `install -d -m 0700 ${PKI} && cp ${facts.directory}/signing.key ${facts.directory}/verification.pub ${PKI}/`,
          ]),
      `write ${MANIFEST}: the kubelet restarts kube-apiserver by itself; wait for https://127.0.0.1:6443/readyz`,
      ...LAST_STEPS,
    ],
    back: [
      `cp ${SAVED} ${MANIFEST}: tokens of the existing issuer were accepted all the time, so that nothing else is lost`,
      ...(isSigner ? ['systemctl disable --now openirsa-signer'] : []),
    ],
  }
}

function kind(facts: RecipeFacts): Recipe {
  const isSigner = facts.state.mode === 'signer'
  const mounted = isSigner ? SOCKET_DIRECTORY : PKI
  const flags = apiServerFlags(facts, PKI)
  const [first, ...more] = flags.filter(({ name }) => name === 'service-account-issuer')
  // kind's own version of kubeadm's configuration has one value a flag.
  const single = flags.filter((flag) => !more.includes(flag))
  const args = single.map(({ name, value }) => `        ${name}: ${JSON.stringify(value)}`).join('\n')
  return {
    title: `kind: a new cluster (${first?.value ?? ''} signs)`,
    files: [
      {
        path: 'kind-config.yaml',
        text: `kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes:
- role: control-plane
  extraMounts:
  - hostPath: ${isSigner ? SOCKET_DIRECTORY : facts.directory}
    containerPath: ${mounted}
  kubeadmConfigPatches:
  - |
    kind: ClusterConfiguration
    apiServer:
      extraArgs:
${args}
      extraVolumes:
      - name: openirsa
        hostPath: ${mounted}
        mountPath: ${mounted}
        readOnly: ${isSigner ? 'false' : 'true'}
`,
      },
    ],
    steps: [
      ...(isSigner
        ? [
            `on this machine, first: openirsa serve issuer --dir ${facts.directory} --signer unix:${SOCKET_DIRECTORY}/signer.sock &`,
          ]
        : []),
      'kind create cluster --config kind-config.yaml',
      ...LAST_STEPS,
    ],
    back: ['kind delete cluster', 'kind create cluster'],
  }
}

/** k3s and RKE2 read every file of a directory; `+` adds to what another file says. */
const rancher =
  (
    name: 'k3s' | 'rke2',
    { directory, service, key }: { readonly directory: string; readonly service: string; readonly key: string },
  ) =>
  (facts: RecipeFacts): Recipe => {
    const isSigner = facts.state.mode === 'signer'
    if (isSigner) {
      throw new ConfigError(
        `${name} always gives kube-apiserver its key files, and kube-apiserver takes no signer beside them`,
        {
          hint: `leave out --signer: ${name} goes with key files`,
        },
      )
    }
    const keys = `/var/lib/rancher/${name}/openirsa`
    const file = `${directory}/openirsa.yaml`
    const flags = apiServerFlags(facts, keys).map(({ name: flag, value }) => `- ${JSON.stringify(`${flag}=${value}`)}`)
    return {
      title: `${name}: on every server, one after the other`,
      files: [{ path: file, text: `kube-apiserver-arg+:\n${flags.join('\n')}\n` }],
      steps: [
        `install -d -m 0700 ${keys} && cp ${facts.directory}/signing.key ${facts.directory}/verification.pub ${keys}/`,
        `with openirsa issuer init, ${key} is --existing-key and https://kubernetes.default.svc.cluster.local is --existing-issuer`,
        `write ${file}, then: systemctl restart ${service}`,
        ...LAST_STEPS,
      ],
      back: [`rm ${file}`, `systemctl restart ${service}`],
    }
  }

function talos(facts: RecipeFacts): Recipe {
  refuseSigner(facts, 'Talos')
  const { issuer, existingIssuer, jwksUri } = facts.state
  return {
    title: 'Talos: control-plane nodes, one after the other',
    files: [
      {
        path: 'openirsa-patch.yaml',
        note: 'Talos has one service account key; it goes on verifying what it signed only while it is there',
        text: `cluster:
  serviceAccount:
    key: ${'$'}(base64 -w0 ${facts.directory}/signing.key)
  apiServer:
    extraArgs:
      service-account-issuer: ${JSON.stringify(existingIssuer === undefined || existingIssuer === issuer ? issuer : `${issuer},${existingIssuer}`)}
      service-account-jwks-uri: ${JSON.stringify(jwksUri)}
`,
      },
    ],
    steps: [
      `put the output of base64 -w0 ${facts.directory}/signing.key in the place of $(…), and keep the file to yourself`,
      'talosctl get machineconfig -o yaml > machineconfig.before-openirsa.yaml',
      'talosctl patch machineconfig --patch @openirsa-patch.yaml: kube-apiserver restarts by itself',
      'pods get tokens of the new key when they are started anew: Talos keeps no second key, so do this where that is acceptable',
      ...LAST_STEPS,
    ],
    back: ['talosctl apply-config --file machineconfig.before-openirsa.yaml'],
  }
}

function kops(facts: RecipeFacts): Recipe {
  refuseSigner(facts, 'kOps')
  const { issuer, existingIssuer, jwksUri } = facts.state
  const others =
    existingIssuer === undefined || existingIssuer === issuer
      ? ''
      : `\n    additionalServiceAccountIssuers:\n    - ${JSON.stringify(existingIssuer)}`
  return {
    title: 'kOps: the cluster, then a rolling update',
    files: [
      {
        path: 'kops edit cluster',
        note: 'kOps keeps the keys itself, those that are there among them',
        text: `spec:
  kubeAPIServer:
    serviceAccountIssuer: ${JSON.stringify(issuer)}
    serviceAccountJWKSURI: ${JSON.stringify(jwksUri)}${others}
`,
      },
    ],
    steps: [
      `kops create keypair service-account --key ${facts.directory}/signing.key --primary`,
      'kops edit cluster, then: kops update cluster --yes && kops rolling-update cluster --yes --instance-group-roles control-plane',
      ...LAST_STEPS,
    ],
    back: [
      'kops promote keypair service-account with the ID of the one before',
      'kops edit cluster, then: kops update cluster --yes && kops rolling-update cluster --yes',
    ],
  }
}

function refuseSigner({ state }: RecipeFacts, name: string): void {
  if (state.mode !== 'signer') return
  throw new ConfigError(
    `${name} always gives kube-apiserver key files, and kube-apiserver takes no signer beside them`,
    {
      hint: 'leave out --signer',
    },
  )
}

const RECIPES = {
  kubeadm,
  kind,
  k3s: rancher('k3s', {
    directory: '/etc/rancher/k3s/config.yaml.d',
    service: 'k3s',
    key: '/var/lib/rancher/k3s/server/tls/service.key',
  }),
  rke2: rancher('rke2', {
    directory: '/etc/rancher/rke2/config.yaml.d',
    service: 'rke2-server',
    key: '/var/lib/rancher/rke2/server/tls/service.key',
  }),
  talos,
  kops,
} as const satisfies Record<Distribution, (facts: RecipeFacts) => Recipe>
