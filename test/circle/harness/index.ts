/** test/circle/harness: a real Kubernetes for tests. Starts it, runs commands in it, and leaves nothing behind. */

export { ensureBinaries } from './binaries.ts'
export { type Circle, startCircle, WEBHOOK } from './circle.ts'
export { type CloudHalf, startCloudHalf } from './cloud-half.ts'
export { type ControlPlane, type ControlPlaneOptions, startControlPlane } from './control-plane.ts'
export { describeWithApiServer, describeWithNode } from './describe.ts'
export { eventually, Hopeless } from './eventually.ts'
export { IMAGE, importOwnImage } from './image.ts'
export type { KubernetesObject } from './kubectl.ts'
export { type Node, startNode } from './node.ts'
export { type Ended, startServer } from './process.ts'
