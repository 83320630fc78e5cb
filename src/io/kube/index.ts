/**
 * io/kube: a thin client of a Kubernetes API server, and where one is: kubeconfig, or the service account's mount of a pod.
 * It knows how objects are read, followed and changed, and not what is in them; it serves nothing.
 */
export { createKube } from './create-kube.ts'
export { KubeError, type KubeFacts } from './errors.ts'
export { type InvolvedObject, type KubeNotice, tellOnce } from './event.ts'
export { type InClusterOptions, inClusterAccess } from './in-cluster.ts'
export { type KubeconfigOptions, readKubeconfig } from './kubeconfig.ts'
export type {
  CallOptions,
  Change,
  ChangeOptions,
  ExecPlugin,
  Follower,
  FollowOptions,
  FollowState,
  JsonPatchOperation,
  Kube,
  KubeAccess,
  KubeCredentials,
  KubeDocument,
  KubeFailure,
  KubeHost,
  KubeLimits,
  KubeObject,
  KubePatch,
  KubeReason,
  KubeResource,
  KubeTrust,
  Listed,
  ListOptions,
  ObjectMeta,
  ObjectRef,
  OwnerReference,
  RemoveOptions,
  RequestedToken,
  Selection,
  TokenRequestOptions,
  TokenReview,
  TokenReviewOptions,
  WatchEvent,
  WatchOptions,
} from './model.ts'
export { type KubeChoice, type KubeSurroundings, openKube } from './open-kube.ts'
export { POD_PATHS, RESOURCES } from './resources.ts'
