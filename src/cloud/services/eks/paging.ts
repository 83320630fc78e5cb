import { badNextToken } from './errors.ts'

const LARGEST_PAGE = 100

/** One page of names that are in order; a token is the name that the page before ended with. @throws ApiError InvalidParameterException */
export function pageOf(
  names: readonly string[],
  wanted: { readonly maxResults?: number; readonly nextToken?: string },
): { readonly page: readonly string[]; readonly next: { readonly nextToken?: string } } {
  const { maxResults = LARGEST_PAGE, nextToken } = wanted
  const after = nextToken === undefined ? '' : readToken(nextToken)
  const rest = names.filter((name) => name > after)
  const page = rest.slice(0, Math.min(maxResults, LARGEST_PAGE))
  const last = page.at(-1)
  return { page, next: last === undefined || page.length === rest.length ? {} : { nextToken: writeToken(last) } }
}

const writeToken = (name: string): string => Buffer.from(name, 'utf8').toString('base64url')

function readToken(token: string): string {
  const name = Buffer.from(token, 'base64url').toString('utf8')
  if (name === '' || writeToken(name) !== token) throw badNextToken()
  return name
}
