import { isNamespaceName, isObjectName } from '../../core/index.ts'
import { unusable } from './errors.ts'
import { type Fields, isFields } from './metadata.ts'

/**
 * Checks as much of a Pod's specification as gives it an identity: its service account and its containers' names.
 * @returns the service account that the Pod runs as
 * @throws ManifestError
 */
export function readPodSpec(spec: unknown, field: string, where: string): string {
  if (!isFields(spec)) throw unusable(where, field, 'an object', spec)
  readContainers(spec, field, where)
  // SPEC: PodSpec: `serviceAccount` is the deprecated name; kube-apiserver copies one to the other.
  const name = spec.serviceAccountName ?? spec.serviceAccount ?? 'default'
  if (typeof name !== 'string' || !isObjectName(name)) {
    throw unusable(where, `${field}.serviceAccountName`, 'the name of a service account', name)
  }
  return name
}

function readContainers(spec: Fields, field: string, where: string): void {
  const { containers } = spec
  if (!Array.isArray(containers) || containers.length === 0) {
    throw unusable(where, `${field}.containers`, 'a list of one container at least', containers)
  }
  const names = new Set<string>()
  containers.forEach((container: unknown, index) => {
    const at = `${field}.containers[${index}]`
    if (!isFields(container)) throw unusable(where, at, 'an object', container)
    const { name } = container
    if (typeof name !== 'string' || !isNamespaceName(name))
      throw unusable(where, `${at}.name`, 'the name of a container', name)
    if (names.has(name)) throw unusable(where, `${at}.name`, 'a name of its own', name)
    names.add(name)
  })
}
