import { ConfigError, parseAccountId } from '../../core/index.ts'
import { IssuerUrlError, parseIssuerUrl } from '../../standards/oidc/index.ts'

/** The ARN that the issuer's OIDC provider has in that account. @throws ConfigError */
export function providerArnOf(issuer: string, account: string): string {
  if (parseAccountId(account) === undefined)
    throw new ConfigError(`expected an account of twelve digits, found \`${account.slice(0, 60)}\``)
  const url = readIssuer(issuer)
  const partition = /^https:\/\/oidc\.eks\.cn-/.test(url)
    ? 'aws-cn'
    : /^https:\/\/oidc\.eks\.us-gov-/.test(url)
      ? 'aws-us-gov'
      : 'aws'
  return `arn:${partition}:iam::${account}:oidc-provider/${url.slice('https://'.length)}`
}

function readIssuer(text: string): string {
  try {
    return parseIssuerUrl(text)
  } catch (error) {
    if (!(error instanceof IssuerUrlError)) throw error
    throw new ConfigError(`--issuer: ${error.message}`, { cause: error })
  }
}
