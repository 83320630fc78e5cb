/**
 * cluster/manifest: what every manifest of ours has: the form of an object, the Namespace, checks of what was wished for, YAML.
 * It knows no part of openirsa that is run in a cluster: their manifests do.
 */
export { checkEndpointAuthority, checkImage, checkNamespaceName } from './checks.ts'
export type { KubernetesObject, NamespaceOrigin } from './model.ts'
export { type NamespaceTraits, planNamespace } from './namespace.ts'
export { renderManifest } from './render.ts'
