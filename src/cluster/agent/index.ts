/**
 * cluster/agent: answers the SDKs of a node's pods, as the EKS Pod Identity agent does: looks at the pod's token, has it exchanged, keeps
 * what was given for that very token. It verifies no signature, which EKS Auth does, and has no credentials of its own.
 */
export type { Address, Agent, AgentParts } from './model.ts'
export { startAgent } from './start.ts'
