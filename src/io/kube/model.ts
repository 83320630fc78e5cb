import type { Clock, Instant, Randomness, Seconds, Secret, ServiceAccountRef } from '../../core/index.ts'
import type { Log } from '../host/index.ts'

/** Where an API server is, why it is believed, and what is shown to it. Out of `readKubeconfig` or `inClusterAccess`. */
export interface KubeAccess {
  /** `https://host:port`, possibly with a path; `http://` only on loopback. No slash at the end. */
  readonly server: string
  readonly trust: KubeTrust
  /** The name that the server's certificate must have, when it is not the host of the URL. */
  readonly serverName?: string
  readonly credentials: KubeCredentials
  /** What the context, or the service account's mount, names as its namespace. */
  readonly namespace?: string
  /** Of the kubeconfig: the one that was asked for, or its current one. */
  readonly context?: string
}

/** Which certificates prove the server. */
export type KubeTrust =
  | { readonly kind: 'system' }
  /** PEM, one certificate or several. */
  | { readonly kind: 'authorities'; readonly pem: string }
  /** As above, read again when the file changes. */
  | { readonly kind: 'authorities-file'; readonly path: string }
  /** `insecure-skip-tls-verify` of a kubeconfig and nothing else: anybody may be the server. Warned of in the log. */
  | { readonly kind: 'unverified' }

export type KubeCredentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: Secret }
  /** Read again when the file changes, looked at once a minute and after an answer of 401. */
  | { readonly kind: 'token-file'; readonly path: string }
  /** PEM both. */
  | { readonly kind: 'certificate'; readonly certificate: string; readonly key: Secret }
  | { readonly kind: 'exec'; readonly plugin: ExecPlugin }

/** SPEC: client.authentication.k8s.io, https://kubernetes.io/docs/reference/config-api/client-authentication.v1/ */
export interface ExecPlugin {
  readonly apiVersion: 'client.authentication.k8s.io/v1' | 'client.authentication.k8s.io/v1beta1'
  /** An absolute path, or a name to look for on PATH. */
  readonly command: string
  readonly args: readonly string[]
  readonly env: readonly (readonly [name: string, value: string])[]
  /** What to tell people when the command is not there. */
  readonly installHint?: string
  /** What the plug-in is told of the cluster in KUBERNETES_EXEC_INFO; absent unless the kubeconfig asks for it. */
  readonly clusterInfo?: Readonly<Record<string, unknown>>
}

/** What a client needs of the process that it runs in. */
export interface KubeHost {
  readonly clock: Clock
  readonly randomness: Randomness
  readonly log: Log
  /** Handed to exec plug-ins (PATH, HOME, …); `{}` where there are none. */
  readonly environment: Readonly<Record<string, string>>
  readonly limits?: Partial<KubeLimits>
}

/** The defaults are `KUBE_LIMITS`. */
export interface KubeLimits {
  /** From the call to the end of its answer, watches apart. */
  readonly callMilliseconds: number
  readonly bodyBytes: number
  /** Of one line of a watch. */
  readonly eventBytes: number
  /** A watch that has been silent for so long is opened anew; an API server sends a bookmark every minute. */
  readonly silenceMilliseconds: number
  /** Longest wait before a follower tries again. */
  readonly backoffMilliseconds: number
}

/** A kind of object and where it lives. Those that the project uses are in `RESOURCES`. */
export interface KubeResource {
  /** `v1`, `apps/v1`, … */
  readonly apiVersion: string
  readonly kind: string
  readonly plural: string
  readonly isNamespaced: boolean
}

/** `namespace` is required for what is namespaced, and refused for what is not. */
export interface ObjectRef {
  readonly namespace?: string
  readonly name: string
}

/** An object as the API server sent it: `metadata` has been looked at, what else there is has not. */
export interface KubeObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly [member: string]: unknown
}

export interface ObjectMeta {
  readonly name: string
  /** Absent for what is not namespaced. */
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generateName?: string
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly ownerReferences?: readonly OwnerReference[]
  readonly [member: string]: unknown
}

export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
}

/** What is sent: as an object, but the API server may be asked to find a name (`generateName`). */
export interface KubeDocument {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name?: string; readonly namespace?: string; readonly [member: string]: unknown }
  readonly [member: string]: unknown
}

export interface CallOptions {
  /** Ends the call; it then throws the signal's reason. */
  readonly signal?: AbortSignal
  /** Takes each `Warning` of the answer (RFC 9111 §5.5), admission webhooks' among them. */
  readonly onWarning?: (text: string) => void
}

export interface ChangeOptions extends CallOptions {
  /** Everything is checked and admitted, nothing is kept. */
  readonly dryRun?: 'all'
  /** Who changes, for `managedFields`; `openirsa` when absent. */
  readonly fieldManager?: string
  /** `status`, `scale`, … */
  readonly subresource?: string
}

export interface RemoveOptions extends CallOptions {
  readonly dryRun?: 'all'
  /** Nothing is removed when the object has another by now (409, `conflict`). */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly gracePeriodSeconds?: Seconds
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan'
}

/** Which objects. No namespace is every namespace. */
export interface Selection {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

export interface ListOptions<Kept> extends Selection, CallOptions {
  /** What stays in memory of each object; undefined leaves it out. Copy strings out, keep no object. */
  readonly keep: (object: KubeObject) => Kept | undefined
  /** Objects an answer; 500 when absent. */
  readonly pageSize?: number
}

export interface Listed<Kept> {
  readonly items: readonly Kept[]
  /** From where a watch goes on. */
  readonly resourceVersion: string
}

export interface WatchOptions extends Selection, CallOptions {
  readonly resourceVersion: string
}

/** `bookmark` has nothing but a `resourceVersion`: so far everything has been told. */
export interface WatchEvent {
  readonly kind: 'added' | 'modified' | 'deleted' | 'bookmark'
  readonly object: KubeObject
}

export interface FollowOptions<Kept> extends Selection {
  /** What stays in memory of each object; undefined leaves it out. Called for each list and change. */
  readonly keep: (object: KubeObject) => Kept | undefined
  /** After the map has changed. `before` is absent for what is new, `now` for what is gone. Also tells what a new list found changed. */
  readonly onChange?: (change: Change<Kept>) => void
  /** When the state has changed. */
  readonly onState?: (state: FollowState) => void
  /** Whether two kept values are the same, in which case `onChange` is not called; identity when absent. */
  readonly isSame?: (before: Kept, now: Kept) => boolean
  readonly pageSize?: number
}

export interface Change<Kept> {
  /** `namespace/name`, or `name` for what is not namespaced. */
  readonly key: string
  readonly before?: Kept
  readonly now?: Kept
}

/**
 * `starting`: there was no whole list yet. `synced`: the stream is open. `stale`: it is not, since then; what is known stays.
 * A stream that ends in time and is opened anew at once does not count as stale.
 */
export type FollowState =
  | { readonly kind: 'starting'; readonly failure?: KubeFailure }
  | { readonly kind: 'synced'; readonly since: Instant }
  | { readonly kind: 'stale'; readonly since: Instant; readonly failure: KubeFailure }
  | { readonly kind: 'closed' }

/** Why a follower has no stream: reason and sentence of the last `KubeError`. */
export interface KubeFailure {
  readonly reason: KubeReason
  readonly message: string
}

/** A list kept up to date by a watch: what others call an informer. It never gives up; see `state`. */
export interface Follower<Kept> {
  /** By key (`namespace/name`); the same map for ever, changed in place. */
  readonly values: ReadonlyMap<string, Kept>
  state(): FollowState
  /** Resolves when there was a whole list; rejects when closed before. */
  synced(): Promise<void>
  close(): Promise<void>
}

/** @see https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply */
export type KubePatch =
  | { readonly kind: 'json'; readonly operations: readonly JsonPatchOperation[] }
  | { readonly kind: 'merge'; readonly document: Readonly<Record<string, unknown>> }
  | { readonly kind: 'strategic'; readonly document: Readonly<Record<string, unknown>> }
  /** Server-side apply; `force` takes fields over from other managers. */
  | { readonly kind: 'apply'; readonly document: KubeDocument; readonly force?: 'force' }

/** RFC 6902. */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly path: string; readonly from: string }

export interface TokenRequestOptions extends CallOptions {
  /** At least one: without, the token would be for the API server itself. */
  readonly audiences: readonly [string, ...string[]]
  readonly expirationSeconds: Seconds
  /** The token ends with that object. */
  readonly boundTo?: { readonly kind: 'Pod' | 'Secret' | 'Node'; readonly name: string; readonly uid?: string }
}

export interface RequestedToken {
  readonly token: Secret
  readonly expiresAt: Instant
}

export interface TokenReviewOptions extends CallOptions {
  /** At least one: without, the API server would judge the token as one for itself. */
  readonly audiences: readonly [string, ...string[]]
}

/** What the API server says of a token; it keeps a yes for about 10 s. */
export type TokenReview =
  | {
      readonly outcome: 'authenticated'
      readonly username: string
      readonly uid?: string
      readonly groups: readonly string[]
      /** `authentication.kubernetes.io/pod-name`, … */
      readonly extra: Readonly<Record<string, readonly string[]>>
      /** Those of the audiences asked for that the token has; never empty. */
      readonly audiences: readonly string[]
    }
  | { readonly outcome: 'refused'; readonly message: string }

/** Why a call did not give what it should. */
export type KubeReason =
  | 'not-found'
  | 'already-exists'
  | 'conflict'
  | 'forbidden'
  | 'unauthorized'
  /** The resource version, or a page of a list, is too old. */
  | 'gone'
  /** The object or patch is not acceptable (422). */
  | 'invalid'
  /** Any other refusal of the request: 400, 405, 406, 413, 415. */
  | 'bad-request'
  /** 429 or 5xx: the API server, or something behind it, cannot at the moment. */
  | 'unavailable'
  /** No connection: name, network, TLS, or the connection broke. */
  | 'unreachable'
  | 'timed-out'
  /** The answer is not what the API says, or too long. */
  | 'malformed'
  /** No credentials could be had: a token file, or an exec plug-in. */
  | 'no-credentials'

/** A client of one API server. Every method throws `KubeError`, and the signal's reason when its signal ends it. */
export interface Kube {
  readonly access: KubeAccess
  /** @throws KubeError `not-found` among them */
  get(resource: KubeResource, ref: ObjectRef, options?: CallOptions): Promise<KubeObject>
  /** As `get`; undefined when there is none. */
  find(resource: KubeResource, ref: ObjectRef, options?: CallOptions): Promise<KubeObject | undefined>
  /** Every object of the selection, page by page. */
  list<Kept>(resource: KubeResource, options: ListOptions<Kept>): Promise<Listed<Kept>>
  /** Ends when the API server ends the stream; throws `gone` when the resource version is too old. */
  watch(resource: KubeResource, options: WatchOptions): AsyncIterable<WatchEvent>
  follow<Kept>(resource: KubeResource, options: FollowOptions<Kept>): Follower<Kept>
  /** Where: the document's own namespace. */
  create(resource: KubeResource, document: KubeDocument, options?: ChangeOptions): Promise<KubeObject>
  /** The document's `resourceVersion`, when it has one, must be the newest (`conflict`). */
  replace(resource: KubeResource, document: KubeDocument, options?: ChangeOptions): Promise<KubeObject>
  patch(resource: KubeResource, ref: ObjectRef, change: KubePatch & ChangeOptions): Promise<KubeObject>
  remove(resource: KubeResource, ref: ObjectRef, options?: RemoveOptions): Promise<void>
  /** TokenRequest. */
  requestToken(serviceAccount: ServiceAccountRef, options: TokenRequestOptions): Promise<RequestedToken>
  /** TokenReview. */
  reviewToken(token: Secret, options: TokenReviewOptions): Promise<TokenReview>
  /** A page that is not of the API proper: `/openid/v1/jwks`, `/readyz`, … */
  text(path: string, options?: CallOptions): Promise<string>
  /** Closes followers and kept-alive connections. */
  close(): Promise<void>
}
