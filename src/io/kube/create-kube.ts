import type { Kube, KubeAccess, KubeHost } from './model.ts'

/** A client of that API server. No call is made before the first method is called. */
export declare function createKube(access: KubeAccess, host: KubeHost): Kube
