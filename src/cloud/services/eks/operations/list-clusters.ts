import type { ApiCall, ApiResult, Principal } from '../../../operation.ts'
import { accountOf, clustersIn } from '../clusters.ts'
import { badNextToken } from '../errors.ts'
import type { EksOptions } from '../model.ts'

export interface ListClustersInput {
  readonly maxResults?: number
  readonly nextToken?: string
}

const LARGEST_PAGE = 100

/** Names in order; a token is the name that the page before ended with. @throws ApiError InvalidParameterException */
export async function listClusters(
  options: EksOptions,
  call: ApiCall<ListClustersInput>,
  principal: Principal,
): Promise<ApiResult> {
  const { maxResults = LARGEST_PAGE, nextToken } = call.input
  const after = nextToken === undefined ? '' : readToken(nextToken)
  const names = clustersIn(options, { account: accountOf(principal), region: call.region })
    .map(({ name }) => name)
    .filter((name) => name > after)
  const page = names.slice(0, Math.min(maxResults, LARGEST_PAGE))
  const last = page.at(-1)
  const more = last === undefined || page.length === names.length ? {} : { nextToken: writeToken(last) }
  return { output: { clusters: page, ...more } }
}

const writeToken = (name: string): string => Buffer.from(name, 'utf8').toString('base64url')

function readToken(token: string): string {
  const name = Buffer.from(token, 'base64url').toString('utf8')
  if (name === '' || writeToken(name) !== token) throw badNextToken()
  return name
}
