// docs/guides/on-NAME.md: one page a distribution, from the very recipes that `openirsa issuer init --distro NAME` prints.

const PAGES = [
  [
    'kubeadm',
    'kubeadm',
    'kubeadm keeps kube-apiserver as a static pod, so that the change is one of its manifest, node by node.',
    true,
  ],
  ['kind', 'kind', 'kind makes clusters anew: the issuer goes into the configuration of a new one.', true],
  ['k3s', 'k3s', 'k3s reads flags of kube-apiserver from its own configuration.', false],
  ['rke2', 'RKE2', 'RKE2 reads flags of kube-apiserver from its own configuration.', false],
  ['talos', 'Talos', 'Talos has one service account key and its flags in the machine configuration.', false],
  ['kops', 'kOps', 'kOps keeps the service account keys itself and rolls the control plane.', false],
]

const ISSUER = 'https://oidc.example.com/my-cluster'
const DIRECTORY = '/etc/openirsa/issuer'
const DAY = 24 * 3600

/** By path. */
export function distributionPages({ recipeFor, renderRecipe }) {
  return new Map(
    PAGES.map(([name, title, about, takesSigner]) => [
      `docs/guides/on-${name}.md`,
      page({ name, title, about, modes: takesSigner ? ['signer', 'files'] : ['files'] }, (mode) =>
        renderRecipe(recipeFor(name, { directory: DIRECTORY, state: stateOf(mode) })),
      ),
    ]),
  )
}

function page({ name, title, about, modes }, recipe) {
  return [
    '<!-- Written by `npm run docs` from the recipes of `openirsa issuer init --distro`. -->',
    `# IRSA on ${title}`,
    '',
    about,
    'What is below is printed by the first command, for your issuer and your paths. A kube-apiserver of Kubernetes with these flags is run by the',
    `tests; ${title} itself is **not run**.`,
    '',
    '## 1. Issuer, keys, publication',
    '',
    '```sh',
    `openirsa issuer init --issuer ${ISSUER} --dir ${DIRECTORY} --distro ${name}${modes[0] === 'signer' ? ' --signer' : ''}`,
    `openirsa issuer publish --dir ${DIRECTORY} --to s3://my-issuers/my-cluster`,
    `openirsa issuer verify ${ISSUER} --dir ${DIRECTORY}`,
    '```',
    '',
    'Add `--existing-key FILE --existing-issuer URL` for a cluster that runs already: its tokens stay valid. More on each step:',
    '[Give a cluster an issuer that AWS can read](issuer.md).',
    '',
    '## 2. The cluster',
    '',
    ...modes.flatMap((mode) => [
      mode === 'signer'
        ? 'With the external signer (`--signer`), so that keys are rotated without a restart:'
        : `With key files${modes.length > 1 ? ' instead' : ''}:`,
      '',
      '```',
      recipe(mode),
      '```',
      '',
    ]),
    '## 3. The webhook, and roles',
    '',
    '```sh',
    'openirsa webhook manifest --aws-default-region eu-central-1 --sts-regional-endpoint | kubectl apply -f -',
    'openirsa sa bind shop/orders --kubeconfig ~/.kube/config --to aws --policy-arn arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess --yes',
    '```',
    '',
    '[Run the webhook in a cluster](webhook.md) · [Give a service account its role](bind.md) · [Rotate keys](rotation.md)',
    '',
  ].join('\n')
}

function stateOf(mode) {
  return {
    issuer: ISSUER,
    jwksUri: `${ISSUER}/keys.json`,
    mode,
    keyAlgorithm: 'RS256',
    times: {
      stsCacheSeconds: DAY,
      maxAgeSeconds: 300,
      refreshHintSeconds: 300,
      maxTokenSeconds: mode === 'signer' ? DAY : 365 * DAY,
      existingTokenSeconds: 365 * DAY,
    },
    keys: [],
    retired: [],
    publications: [],
    changedAt: 0,
  }
}
