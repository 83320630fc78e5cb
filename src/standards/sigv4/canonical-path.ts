import { malformed } from './errors.ts'
import type { PathStyle } from './model.ts'
import { encode, recode, UNRESERVED_AND_SLASH } from './percent.ts'

/**
 * The path as it is signed.
 * @throws SignatureError `malformed` when it does not begin with a slash, or its encoding is broken
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function canonicalPath(path: string, style: PathStyle): string {
  if (path === '/') return '/'
  if (!path.startsWith('/')) throw malformed('the path does not begin with a slash')
  const written =
    style === 's3' ? recode(path, UNRESERVED_AND_SLASH) : encode(normalizePath(path), UNRESERVED_AND_SLASH)
  if (written === undefined) throw malformed('the path is not properly percent-encoded')
  return written
}

/**
 * Whether a path is its own normal form: it has no empty, `.` or `..` segments.
 * Outside S3 the signature holds for every spelling of a path; whoever routes by the raw path takes only the normal one.
 */
export function isNormalPath(path: string): boolean {
  return normalizePath(path) === path
}

function normalizePath(path: string): string {
  if (!path.includes('//') && !path.includes('/.')) return path
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  const joined = `/${kept.join('/')}`
  return kept.length > 0 && path.endsWith('/') ? `${joined}/` : joined
}
