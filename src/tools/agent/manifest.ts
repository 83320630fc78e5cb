import { AGENT_ADDRESS, type AgentManifestOptions, planAgentManifest } from '../../cluster/agent-manifest/index.ts'
import { renderManifest } from '../../cluster/manifest/index.ts'

export type AgentManifestWish = AgentManifestOptions

/**
 * The agent's manifest as YAML, for `kubectl apply -f -`.
 * @throws ConfigError for what neither Kubernetes nor AWS would take
 */
export function renderAgentManifest(wish: AgentManifestWish): Promise<string> {
  return renderManifest(planAgentManifest(wish), headingOf(wish))
}

function headingOf({ namespace, roleArn }: AgentManifestWish): string {
  return [
    'openirsa: the agent of EKS Pod Identity, on each node. Written by `openirsa agent manifest`.',
    `The role ${roleArn} needs eks-auth:AssumeRoleForPodIdentity on the cluster, and trusts`,
    `system:serviceaccount:${namespace}:openirsa-agent with the audience of its token.`,
    `To uninstall: kubectl delete -f FILE. The address ${AGENT_ADDRESS} stays on the nodes until they are started anew, or`,
    `until \`ip address delete ${AGENT_ADDRESS}/32 dev lo\` there.`,
  ].join('\n')
}
