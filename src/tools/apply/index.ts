/**
 * tools/apply: Kubernetes YAML into the local cluster half, as `kubectl apply` would.
 * It reads no object itself: what one may look like is decided by `cluster/objects`, in the installation.
 */
export { type AppliedObject, applyManifests, type ManifestFile, parseDocuments } from './apply.ts'
