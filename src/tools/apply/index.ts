/**
 * tools/apply: Kubernetes YAML into the local cluster half, as `kubectl apply` would.
 * What an object may look like is decided by `cluster/objects`, in the installation.
 */
export { type AppliedObject, applyManifests, type ManifestFile } from './apply.ts'
