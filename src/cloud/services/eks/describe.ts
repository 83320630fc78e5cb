import { clusterArn } from './cluster-arn.ts'
import type { ClusterUpdate, CreatedCluster, EksCluster } from './model.ts'
import type { Tags } from './tag-rows.ts'

/** A cluster as EKS tells of it. What is not known here (networks, machines) is empty or absent, never invented. */
export function describeCluster(
  cluster: EksCluster | CreatedCluster,
  tags: Tags,
  status: 'ACTIVE' | 'DELETING' = 'ACTIVE',
): Record<string, unknown> {
  const { name, issuer, createdAt, endpoint, certificateAuthority, version } = cluster
  return {
    name,
    arn: clusterArn(cluster),
    createdAt,
    ...(version === undefined ? {} : { version }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...('configuration' in cluster ? cluster.configuration : ownConfiguration(endpoint)),
    identity: { oidc: { issuer } },
    // SPEC: `aws eks update-kubeconfig` wants ACTIVE or UPDATING.
    status,
    certificateAuthority: certificateAuthority === undefined ? {} : { data: certificateAuthority },
    tags: Object.fromEntries(tags),
  }
}

/** Of a cluster that the installation brought itself. */
function ownConfiguration(endpoint: string | undefined): Record<string, unknown> {
  return {
    resourcesVpcConfig: {
      subnetIds: [],
      securityGroupIds: [],
      endpointPublicAccess: endpoint !== undefined,
      endpointPrivateAccess: false,
      publicAccessCidrs: [],
    },
    logging: { clusterLogging: [] },
    accessConfig: { authenticationMode: 'API_AND_CONFIG_MAP' },
  }
}

export function describeUpdate({ id, type, params, createdAt }: ClusterUpdate): Record<string, unknown> {
  return { id, status: 'Successful', type, params, createdAt, errors: [] }
}
