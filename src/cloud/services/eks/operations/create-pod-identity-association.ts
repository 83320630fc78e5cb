import { isDeepStrictEqual } from 'node:util'
import { isNamespaceName, isObjectName } from '../../../../core/index.ts'
import type { ApiCall, ApiResult, Operation, Principal } from '../../../operation.ts'
import { associationArn, idOfAssociation, mintAssociationId } from '../association-arn.ts'
import { checkTerms, mergeTerms, type TermsInput } from '../association-terms.ts'
import { accountOf, type EksParts, findCluster, requestTagKeys } from '../clusters.ts'
import { describeAssociation } from '../describe-association.ts'
import { associationExists, clusterNotFound, notAKubernetesName } from '../errors.ts'
import type { EksCluster, PodIdentityAssociation } from '../model.ts'
import { mayOnCluster, mayPassRoleToPods } from '../requirements.ts'
import { readTags } from '../tags.ts'
import { writing } from '../trail.ts'

export interface CreatePodIdentityAssociationInput extends TermsInput {
  readonly clusterName: string
  readonly namespace: string
  readonly serviceAccount: string
  readonly roleArn: string
  readonly tags?: Readonly<Record<string, string>>
  readonly clientRequestToken?: string
}

/** Lets the pods of a service account be a role. Neither of them has to run, or to be there, yet. */
export function createPodIdentityAssociation(parts: EksParts): Operation<CreatePodIdentityAssociationInput> {
  return {
    ...writing,
    requires: async ({ clusterName: name, roleArn, tags }, principal, call) => [
      await mayOnCluster(parts, 'CreatePodIdentityAssociation', {
        name,
        principal,
        call,
        keys: requestTagKeys(readTags(tags)),
      }),
      mayPassRoleToPods(roleArn, { name, principal, call }),
    ],
    perform: (call, principal) => create(parts, call, principal),
  }
}

async function create(
  parts: EksParts,
  { input, region }: ApiCall<CreatePodIdentityAssociationInput>,
  principal: Principal,
): Promise<ApiResult> {
  const { associations, clock, randomness } = parts
  const tags = readTags(input.tags)
  if (!isNamespaceName(input.namespace)) throw notAKubernetesName('namespace')
  if (!isObjectName(input.serviceAccount)) throw notAKubernetesName('serviceAccount')
  const cluster = await findCluster(parts, { account: accountOf(principal), region }, input.clusterName)
  if (cluster === undefined) throw clusterNotFound(input.clusterName)
  const made = newAssociation(cluster, input, { id: mintAssociationId(randomness), now: clock.now() })
  checkTerms(parts, cluster, made.terms)
  const taken = await associations.insert(made, tags)
  return taken === undefined
    ? { output: { association: describeAssociation(made, tags) } }
    : await again(parts, taken, made)
}

function newAssociation(
  cluster: EksCluster,
  input: CreatePodIdentityAssociationInput,
  { id, now }: { readonly id: string; readonly now: PodIdentityAssociation['createdAt'] },
): PodIdentityAssociation {
  const { namespace, serviceAccount, roleArn, clientRequestToken } = input
  return {
    arn: associationArn(cluster, id),
    issuer: cluster.issuer,
    clusterName: cluster.name,
    account: cluster.account,
    namespace,
    serviceAccount,
    createdAt: now,
    modifiedAt: now,
    terms: mergeTerms({ roleArn, disableSessionTags: false }, input),
    ...(clientRequestToken === undefined ? {} : { clientRequestToken }),
  }
}

/** The same request a second time gets what the first one made. @throws ApiError ResourceInUseException */
async function again(
  { repository }: EksParts,
  there: PodIdentityAssociation,
  made: PodIdentityAssociation,
): Promise<ApiResult> {
  const isSame =
    made.clientRequestToken !== undefined &&
    made.clientRequestToken === there.clientRequestToken &&
    isDeepStrictEqual(made.terms, there.terms)
  if (!isSame) throw associationExists(idOfAssociation(there.arn))
  return { output: { association: describeAssociation(there, await repository.tagsOf(there.arn)) } }
}
