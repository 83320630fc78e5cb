/**
 * tools/agent: the EKS Pod Identity agent: run on a node with credentials of its own, or printed as what makes it run on every node.
 * It does not judge tokens: what a pod is answered is `cluster/agent`'s to say.
 */
export { type AgentManifestWish, renderAgentManifest } from './manifest.ts'
export type { AgentOptions } from './model.ts'
export { type ServedAgent, serveAgent } from './serve.ts'
