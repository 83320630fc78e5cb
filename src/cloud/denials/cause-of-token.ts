import { type Instant, instantOfEpochSeconds, renderIsoSeconds, type TokenReason } from '../../core/index.ts'
import type { Refusal } from '../operation.ts'
import type { CauseName } from './causes.ts'
import type { Finding } from './finding.ts'
import { shellQuote } from './shell-quote.ts'

type RefusedToken = Extract<Refusal, { kind: 'token' }>

const NAMES = {
  malformed: 'not-a-token',
  'missing-claim': 'missing-claim',
  'unsupported-algorithm': 'not-a-token',
  'unknown-issuer': 'provider-missing',
  'audience-mismatch': 'aud-not-registered',
  expired: 'expired',
  'not-yet-valid': 'not-yet-valid',
  'unknown-key': 'kid-drift',
  'bad-signature': 'bad-signature',
  'issuer-unreachable': 'jwks-unreachable',
  'thumbprint-mismatch': 'thumbprint',
  'untrusted-claim': 'unusable-claim',
  'bound-object-gone': 'bound-object-gone',
  unconfirmed: 'unconfirmed',
} as const satisfies Record<TokenReason, CauseName>

/** What stands for the provider where a cluster's own tokens are asked for: the issuer, the audience and the pod that they name. */
const NAMES_FOR_PODS: Readonly<Partial<Record<TokenReason, CauseName>>> = {
  'missing-claim': 'not-a-pod-token',
  'unknown-issuer': 'not-a-pod-token',
  'audience-mismatch': 'not-a-pod-token',
  'untrusted-claim': 'not-a-pod-token',
}

/** The issuer that every token out of a service account's secret names. */
const LEGACY_ISSUER = 'kubernetes/serviceaccount'

/** Why a web identity token was refused. UNVERIFIED: what came is told as it stood in the token. */
export function causeOfToken(refusal: RefusedToken): Finding {
  const { reason, facts } = refusal.error
  if (refusal.roleArn === undefined) return causeOfPodToken(refusal)
  if (reason === 'unknown-issuer' && facts.issuer === LEGACY_ISSUER)
    return { name: 'legacy-token', ...gotOf(facts.issuer) }
  return { name: NAMES[reason], ...DETAILS[reason]?.(refusal) }
}

function causeOfPodToken(refusal: RefusedToken): Finding {
  const { reason, facts } = refusal.error
  const name = NAMES_FOR_PODS[reason]
  if (name === undefined) return { name: NAMES[reason], ...DETAILS[reason]?.(refusal) }
  const { accepted, claim, issuer, audiences } = facts
  const wanted = accepted ?? (claim === undefined ? undefined : [`a usable claim ${claim}`])
  return {
    name,
    ...(wanted === undefined ? {} : { wanted }),
    ...(reason === 'unknown-issuer' ? gotOf(issuer) : {}),
    ...(reason === 'audience-mismatch' && audiences !== undefined ? { got: audiences } : {}),
  }
}

type Details = (refusal: RefusedToken) => Omit<Finding, 'name'>

const DETAILS: Readonly<Partial<Record<TokenReason, Details>>> = {
  'unknown-issuer': ({ error: { facts }, roleArn }) => ({
    wanted: [`an OIDC provider for ${facts.issuer ?? 'the issuer'} in the account of ${roleArn}`],
    ...gotOf(facts.issuer),
    fix: `register the issuer in that account: aws iam create-open-id-connect-provider --url ${shellQuote(facts.issuer ?? '')} --client-id-list ${shellQuote(facts.audiences?.[0] ?? 'sts.amazonaws.com')}`,
  }),
  'audience-mismatch': ({ error: { facts }, provider }) => ({
    wanted: facts.accepted ?? provider?.clientIds ?? [],
    ...(facts.audiences === undefined ? {} : { got: facts.audiences }),
    fix: audienceFix(facts.accepted ?? provider?.clientIds ?? [], facts.audiences?.[0], provider?.arn),
  }),
  expired: ({ error: { facts } }) => ({
    wanted: [`a token that is valid at ${timeOf(facts.judgedAt)}`],
    got: [`one that expired at ${timeOf(facts.expiresAt)}`],
  }),
  'unknown-key': ({ error: { facts } }) => ({
    ...(facts.accepted === undefined ? {} : { wanted: facts.accepted }),
    ...gotOf(facts.keyId),
  }),
  'missing-claim': ({ error: { facts } }) => ({ wanted: [`a claim ${facts.claim ?? ''}`.trimEnd()] }),
  'bound-object-gone': ({ error: { detail } }) => ({
    wanted: ['a token that its cluster accepts'],
    ...gotOf(detail),
  }),
  unconfirmed: ({ error: { detail } }) => ({
    wanted: ['an answer of the API server of the cluster'],
    ...gotOf(detail),
  }),
  'thumbprint-mismatch': ({ error: { facts }, provider }) => ({
    wanted: facts.accepted ?? provider?.thumbprints ?? [],
  }),
}

function audienceFix(accepted: readonly string[], found: string | undefined, providerArn: string | undefined): string {
  const ask =
    accepted[0] === undefined
      ? 'ask for a token with another audience'
      : `ask for a token with the audience ${accepted[0]}`
  if (found === undefined || providerArn === undefined) return ask
  return `${ask}, or register the token's: aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${shellQuote(providerArn)} --client-id ${shellQuote(found)}`
}

const gotOf = (value: string | undefined) => (value === undefined ? {} : { got: [value] })

function timeOf(second: number | undefined): string {
  const at: Instant | undefined = second === undefined ? undefined : instantOfEpochSeconds(second)
  return at === undefined ? 'an unknown time' : renderIsoSeconds(at)
}
