import type { WebhookSettings } from '../model.ts'
import type { PodIdentity } from '../pod-identity.ts'
import type { PodView } from '../pod-view.ts'
import { type PathStyle, renderFilePath } from './container-path.ts'
import type { TokenVolume } from './token-volume.ts'

/** As it stands in a pod's JSON. */
export type Variable = { readonly name: string; readonly value: string }

/** Variables that are added together or not at all: one that is set by hand keeps all of them out. */
export type VariableGroup = readonly Variable[]

/** In the reference's order; what is ours comes after it. */
export function variableGroups(
  identity: PodIdentity,
  tokenFile: string,
  settings: WebhookSettings,
): readonly VariableGroup[] {
  const { url, stsUrl } = settings.endpoint ?? {}
  return [
    identity.usesRegionalSts ? [{ name: 'AWS_STS_REGIONAL_ENDPOINTS', value: 'regional' }] : [],
    ['AWS_DEFAULT_REGION', 'AWS_REGION'].flatMap((name) => optional(name, settings.region)),
    identityVariables(identity, tokenFile, settings),
    optional('AWS_ENDPOINT_URL', url),
    optional('AWS_ENDPOINT_URL_STS', stsUrl),
  ]
}

/** The path as the pod's programs must write it. */
export function renderTokenFile({ mountPath, tokenPath }: TokenVolume, style: PathStyle): string {
  return renderFilePath(mountPath, tokenPath, style)
}

export function pathStyleOf({ nodeSelector, osName }: PodView, { compatibility }: WebhookSettings): PathStyle {
  const isSelected = ['kubernetes.io/os', 'beta.kubernetes.io/os'].some(
    (label) => nodeSelector.get(label) === 'windows',
  )
  const isSaid = osName === 'windows' && !compatibility.has('node-selector-os')
  return isSelected || isSaid ? 'windows' : 'posix'
}

function identityVariables(
  { kind, roleArn }: PodIdentity,
  tokenFile: string,
  settings: WebhookSettings,
): VariableGroup {
  if (kind === 'web-identity') {
    return [
      { name: 'AWS_ROLE_ARN', value: roleArn },
      { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: tokenFile },
    ]
  }
  return [
    { name: 'AWS_CONTAINER_CREDENTIALS_FULL_URI', value: settings.containerCredentials.fullUri },
    { name: 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', value: tokenFile },
  ]
}

function optional(name: string, value: string | undefined): VariableGroup {
  return value === undefined || value === '' ? [] : [{ name, value }]
}
