/**
 * cluster/agent-manifest: what is applied to a cluster so that the agent of EKS Pod Identity runs on each node: options to objects.
 * It talks to no cluster; the agent itself is `cluster/agent`.
 */
export { planAgentManifest } from './manifest.ts'
export type { AgentManifestOptions } from './model.ts'
export { AGENT_ADDRESS } from './names.ts'
