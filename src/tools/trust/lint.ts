import { type CauseName, causeNamed } from '../../cloud/denials/index.ts'
import { parseArn } from '../../core/index.ts'
import type { Condition, NamedPolicy, Statement } from '../../standards/policy/index.ts'

export interface TrustFinding {
  /** `IRSA901` */
  readonly code: string
  /** `sub-missing` */
  readonly name: string
  /** `error`: lets in who should not be, or nobody. `warning`: works, and may not for long. */
  readonly severity: 'error' | 'warning'
  /** From 1. */
  readonly statement: number
  readonly sid?: string
  /** The operator, key or value that it is about. */
  readonly found: string
  readonly summary: string
  readonly fix: string
}

export interface LintOptions {
  /** The account of the role; without it nothing is said of providers of another account. */
  readonly account?: string
}

/** What is wrong, or may go wrong, with a trust policy for tokens; statements that let in no tokens are looked at only if no other does. */
export function lintTrust({ document }: NamedPolicy, options: LintOptions = {}): readonly TrustFinding[] {
  const allows = document.statements.filter(({ effect }) => effect === 'Allow')
  const forTokens = allows.filter((statement) => isForTokens(statement) || isForProviders(statement))
  if (forTokens.length === 0)
    return allows.flatMap((statement) => [
      finding(statement, 'wrong-action-or-principal', 'no statement is for tokens'),
    ])
  return forTokens.flatMap((statement) => lintStatement(statement, options))
}

const providersOf = ({ principals }: Statement): readonly string[] =>
  (principals?.entries ?? [])
    .filter(({ type, value }) => type === 'Federated' && value.includes(':oidc-provider/'))
    .map(({ value }) => value)

const isForProviders = (statement: Statement): boolean => providersOf(statement).length > 0

function isForTokens({ actions }: Statement): boolean {
  return actions.patterns.some((pattern) => {
    const folded = pattern.toLowerCase()
    return (
      folded === 'sts:assumerolewithwebidentity' ||
      (folded.endsWith('*') && 'sts:assumerolewithwebidentity'.startsWith(folded.slice(0, -1)))
    )
  })
}

function lintStatement(statement: Statement, { account }: LintOptions): readonly TrustFinding[] {
  const providers = providersOf(statement)
  if (providers.length === 0)
    return [finding(statement, 'wrong-action-or-principal', 'Principal names no OIDC provider')]
  if (!isForTokens(statement))
    return [finding(statement, 'wrong-action-or-principal', statement.actions.patterns.join(', '))]
  const foreign = providers.filter((arn) => account !== undefined && parseArn(arn)?.account !== account)
  return [
    ...foreign.map((arn) => finding(statement, 'foreign-provider', arn)),
    ...providers.filter(isMiswritten).map((arn) => finding(statement, 'scheme-or-slash', arn)),
    ...lintKeys(statement, providers.map(issuerOf)),
  ]
}

const issuerOf = (arn: string): string => arn.slice(arn.indexOf(':oidc-provider/') + ':oidc-provider/'.length)

/** A provider's ARN holds its URL without the scheme; a port is never part of it. */
const isMiswritten = (arn: string): boolean => /^https?:\/\//i.test(issuerOf(arn)) || /^[^/]*:\d/.test(issuerOf(arn))

function lintKeys(statement: Statement, issuers: readonly string[]): readonly TrustFinding[] {
  const claims = statement.conditions.map((condition) => ({ condition, ...splitKey(condition.key) }))
  const ofIssuers = claims.filter(({ claim, prefix }) => isClaim(claim) && isIssuer(prefix))
  const findings: TrustFinding[] = []
  for (const { condition, prefix } of ofIssuers) {
    if (issuers.some((issuer) => issuer.toLowerCase() === prefix.toLowerCase())) continue
    const isSame = issuers.some((issuer) => bare(issuer) === bare(prefix))
    findings.push(finding(statement, isSame ? 'scheme-or-slash' : 'stale-issuer', condition.key))
  }
  const own = ofIssuers.filter(({ prefix }) => issuers.some((issuer) => issuer.toLowerCase() === prefix.toLowerCase()))
  const subjects = own.filter(({ claim }) => claim === 'sub').map(({ condition }) => condition)
  const hasForeignKey = (claim: string): boolean => ofIssuers.some((one) => one.claim === claim)
  if (subjects.length === 0 && !hasForeignKey('sub'))
    findings.push(finding(statement, 'sub-missing', 'no condition on :sub'))
  if (!hasForeignKey('aud')) findings.push(finding(statement, 'aud-missing', 'no condition on :aud'))
  for (const condition of subjects) findings.push(...lintSubject(statement, condition, subjects))
  return findings
}

function lintSubject(statement: Statement, condition: Condition, all: readonly Condition[]): readonly TrustFinding[] {
  const { operator, values } = condition
  const words = `${operator} ${condition.key}`
  const folded = operator.toLowerCase()
  // What holds by default is harmless beside a condition that does not.
  if (holdsByDefault(folded))
    return all.some((one) => !holdsByDefault(one.operator.toLowerCase()))
      ? []
      : [finding(statement, 'sub-by-default', words)]
  const wild = values.filter((value) => /[*?]/.test(value.replaceAll(/\$\{[*?$]\}/g, '')))
  const isLike = /like$/.test(folded)
  if (isLike && wild.length > 0) return wild.map((value) => finding(statement, 'sub-wildcard', value))
  if (isLike) return [finding(statement, 'like-without-wildcard', words)]
  return wild.map((value) => finding(statement, 'wildcard-equals', value))
}

/** Negated operators, IfExists and ForAllValues hold for a token without the claim. `Null` asks for presence alone: it names nobody. */
function holdsByDefault(operator: string): boolean {
  return (
    /not(equals|like)/.test(operator) ||
    operator.endsWith('ifexists') ||
    operator.startsWith('forallvalues:') ||
    /(^|:)null$/.test(operator)
  )
}

function splitKey(key: string): { readonly prefix: string; readonly claim: string } {
  const colon = key.lastIndexOf(':')
  return { prefix: key.slice(0, Math.max(colon, 0)), claim: key.slice(colon + 1).toLowerCase() }
}

const isClaim = (claim: string): boolean => claim === 'sub' || claim === 'aud'
/** Condition keys of issuers start with a host name; those of AWS with a service's name. */
const isIssuer = (prefix: string): boolean => prefix.includes('.') || prefix.includes('/')

/** An issuer without what people write too much: scheme, slash at the end, case, port. */
const bare = (text: string): string =>
  text
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/:443(?=\/|$)/, '')
    .replace(/\/+$/, '')

const WARNINGS: ReadonlySet<CauseName> = new Set<CauseName>(['aud-missing', 'like-without-wildcard'])

function finding({ index, sid }: Statement, cause: CauseName, found: string): TrustFinding {
  const { code, name, summary, fix } = causeNamed(cause)
  return {
    code,
    name,
    severity: WARNINGS.has(cause) ? 'warning' : 'error',
    statement: index + 1,
    ...(sid === undefined ? {} : { sid }),
    found,
    summary,
    fix,
  }
}
