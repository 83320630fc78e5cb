import type { ApiCall, ApiResult, Principal } from '../../../operation.ts'
import { accountOf, clusterArn, clustersIn } from '../clusters.ts'
import { clusterNotFound } from '../errors.ts'
import type { EksCluster, EksOptions } from '../model.ts'

export interface DescribeClusterInput {
  readonly name: string
}

/** @throws ApiError ResourceNotFoundException */
export async function describeCluster(
  options: EksOptions,
  call: ApiCall<DescribeClusterInput>,
  principal: Principal,
): Promise<ApiResult> {
  const scope = { account: accountOf(principal), region: call.region }
  const cluster = clustersIn(options, scope).find(({ name }) => name === call.input.name)
  if (cluster === undefined) throw clusterNotFound(call.input.name)
  return { output: { cluster: describe(cluster) } }
}

/** What is known; members about networks and roles that do not exist here are empty or absent, never invented. */
function describe(cluster: EksCluster): Record<string, unknown> {
  const { name, issuer, createdAt, endpoint, certificateAuthority, version } = cluster
  return {
    name,
    arn: clusterArn(cluster),
    createdAt,
    ...(version === undefined ? {} : { version }),
    ...(endpoint === undefined ? {} : { endpoint }),
    resourcesVpcConfig: {
      subnetIds: [],
      securityGroupIds: [],
      endpointPublicAccess: endpoint !== undefined,
      endpointPrivateAccess: false,
      publicAccessCidrs: [],
    },
    logging: { clusterLogging: [] },
    identity: { oidc: { issuer } },
    // SPEC: `aws eks update-kubeconfig` wants ACTIVE or UPDATING.
    status: 'ACTIVE',
    certificateAuthority: certificateAuthority === undefined ? {} : { data: certificateAuthority },
    tags: {},
    accessConfig: { authenticationMode: 'API_AND_CONFIG_MAP' },
  }
}
