export type Shell = 'sh' | 'fish' | 'pwsh'

/** Variables that `env` may have set, and the session token that would spoil the administrator's key if it were left from before. */
const EVER_SET = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_ENDPOINT_URL',
  'AWS_CA_BUNDLE',
  'NODE_EXTRA_CA_CERTS',
]

/** Lines for `eval`: the session token of somebody else is taken away first. */
export function renderExports(variables: Readonly<Record<string, string>>, shell: Shell): string {
  const words = WORDS[shell]
  return [
    words.unset('AWS_SESSION_TOKEN'),
    words.unset('AWS_PROFILE'),
    ...Object.entries(variables).map(([name, value]) => words.set(name, value)),
  ].join('\n')
}

/** Lines that take back what `renderExports` set. */
export function renderUnset(shell: Shell): string {
  return EVER_SET.map((name) => WORDS[shell].unset(name)).join('\n')
}

/** A profile for `~/.aws/config`. */
export function renderAwsConfig(variables: Readonly<Record<string, string>>): string {
  return [
    '[profile openirsa]',
    `region = ${variables.AWS_REGION ?? ''}`,
    `endpoint_url = ${variables.AWS_ENDPOINT_URL ?? ''}`,
    `aws_access_key_id = ${variables.AWS_ACCESS_KEY_ID ?? ''}`,
    `aws_secret_access_key = ${variables.AWS_SECRET_ACCESS_KEY ?? ''}`,
    ...(variables.AWS_CA_BUNDLE === undefined ? [] : [`ca_bundle = ${variables.AWS_CA_BUNDLE}`]),
  ].join('\n')
}

const WORDS = {
  sh: { set: (name, value) => `export ${name}='${value.replaceAll("'", "'\\''")}'`, unset: (name) => `unset ${name}` },
  fish: {
    set: (name, value) => `set -gx ${name} '${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`,
    unset: (name) => `set -e ${name}`,
  },
  pwsh: {
    set: (name, value) => `$Env:${name} = '${value.replaceAll("'", "''")}'`,
    unset: (name) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`,
  },
} as const satisfies Record<Shell, { set(name: string, value: string): string; unset(name: string): string }>
