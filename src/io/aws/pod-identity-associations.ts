import {
  ConfigError,
  isNamespaceName,
  isObjectName,
  parseStrictJson,
  type ServiceAccountRef,
} from '../../core/index.ts'
import type { AdministratorCalls } from './administrator-calls.ts'
import { recordOf, textOf } from './iam-calls.ts'
import { loadSdk } from './sdk.ts'

/**
 * The service accounts that have a Pod Identity association in one cluster: all of them, or a failure; never a part.
 * @throws ConfigError when EKS refuses, or answers what cannot be the whole list
 */
export type ListAssociations = () => Promise<readonly ServiceAccountRef[]>

interface Page {
  readonly associations: readonly ServiceAccountRef[]
  readonly nextToken?: string
}

type AskForPage = (nextToken: string | undefined) => Promise<unknown>

const PAGE_SIZE = 100

/** Of an installation, as its administrator. */
export function localAssociations(
  calls: () => Promise<Pick<AdministratorCalls, 'readEks'>>,
  clusterName: string,
): ListAssociations {
  return listBy(async (nextToken) => {
    const query = new URLSearchParams({
      maxResults: String(PAGE_SIZE),
      ...(nextToken === undefined ? {} : { nextToken }),
    })
    const target = `/clusters/${encodeURIComponent(clusterName)}/pod-identity-associations?${query}`
    const { status, text } = await (await calls()).readEks(target).catch((cause: Error) => {
      throw new ConfigError(`the local cloud does not answer ListPodIdentityAssociations: ${cause.message}`, {
        cause,
        hint: 'openirsa status',
      })
    })
    const answer = jsonOf(text)
    if (status === 200) return answer
    const said = textOf(recordOf(answer).message)
    throw new ConfigError(
      `the local cloud refuses ListPodIdentityAssociations: ${status}${said === '' ? '' : `: ${said}`}`,
    )
  })
}

/**
 * Of AWS, by the credentials and the region that the AWS SDK finds by itself.
 * @param by what needs it, such as `--cluster-name`
 * @throws ConfigError when the SDK is not installed, or no region is configured
 */
export async function liveAssociations(clusterName: string, by: string): Promise<ListAssociations> {
  const sdk = await loadSdk({ name: '@aws-sdk/client-eks', by }, () => import('@aws-sdk/client-eks'))
  const client = new sdk.EKSClient({})
  // A cluster is in one region: another would be another cluster, or none.
  const region = await client.config.region().catch((cause: unknown) => {
    throw new ConfigError(`${by} needs the region of the cluster`, { cause, hint: 'set AWS_REGION' })
  })
  return listBy(async (nextToken) => {
    const input = { clusterName, maxResults: PAGE_SIZE, ...(nextToken === undefined ? {} : { nextToken }) }
    try {
      return await client.send(new sdk.ListPodIdentityAssociationsCommand(input))
    } catch (cause) {
      if (!(cause instanceof Error)) throw cause
      throw new ConfigError(`EKS in ${region} does not list the associations: ${cause.name}: ${cause.message}`, {
        cause,
        hint: 'the credentials need eks:ListPodIdentityAssociations on the cluster',
      })
    }
  })
}

function listBy(ask: AskForPage): ListAssociations {
  return async () => {
    const found: ServiceAccountRef[] = []
    const tokens = new Set<string>()
    let nextToken: string | undefined
    do {
      const page = readPage(await ask(nextToken))
      found.push(...page.associations)
      nextToken = page.nextToken
      if (nextToken === undefined) continue
      if (tokens.has(nextToken)) throw unusable('it gives the same page again')
      tokens.add(nextToken)
    } while (nextToken !== undefined)
    return found
  }
}

/** INVARIANT: what is not understood is a failure. An answer without a list must not become an empty list. */
function readPage(answer: unknown): Page {
  const { associations, nextToken } = recordOf(answer)
  if (!Array.isArray(associations)) throw unusable('it has no list `associations`')
  const refs = associations.map((association) => {
    const { namespace, serviceAccount } = recordOf(association)
    const [place, name] = [textOf(namespace), textOf(serviceAccount)]
    if (place === '' || name === '') throw unusable('an association names no service account')
    return { namespace: place, name }
  })
  // EKS takes any words. Those that no service account can be called by concern no pod, and must not stop all others.
  const able = refs.filter(({ namespace, name }) => isNamespaceName(namespace) && isObjectName(name))
  const next = textOf(nextToken)
  return { associations: able, ...(next === '' ? {} : { nextToken: next }) }
}

const unusable = (why: string): ConfigError =>
  new ConfigError(`the answer to ListPodIdentityAssociations is unusable: ${why}`)

function jsonOf(text: string): unknown {
  try {
    return parseStrictJson(text)
  } catch {
    // What is no JSON is no answer of EKS: whoever reads it says so.
    return undefined
  }
}
