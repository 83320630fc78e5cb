import type { ApiCall, ApiResult, ContextValue, Principal } from '../../../operation.ts'
import { invalidAuthorizationMessage } from '../errors.ts'
import type { KeptDenial, KeptStatement, StsOptions } from '../model.ts'
import { signerOf } from '../principals.ts'

export interface DecodeAuthorizationMessageInput {
  readonly EncodedMessage: string
}

/**
 * Why a call was refused, for callers who may know. The encoded message is the id that the refusal carried in
 * `x-openirsa-denial`: AWS has encoded messages in the refusals of EC2 alone, which is not here.
 * @throws ApiError InvalidAuthorizationMessageException
 */
export async function decodeAuthorizationMessage(
  { findDenial }: StsOptions,
  { input: { EncodedMessage } }: ApiCall<DecodeAuthorizationMessageInput>,
  principal: Principal,
): Promise<ApiResult> {
  const denial = DENIAL_ID.test(EncodedMessage) ? await findDenial(EncodedMessage) : undefined
  if (denial === undefined || !isWithin(signerOf(principal).account, denial)) throw invalidAuthorizationMessage()
  return { output: { DecodedMessage: JSON.stringify(render(denial)) } }
}

const DENIAL_ID = /^[a-z2-7]{16}$/

/**
 * INVARIANT: both sides are the asker's. The record tells what policies say, and those of the resource are its owner's
 * business. A token that was refused proved no account: then the one of the role counts.
 */
function isWithin(account: string, denial: KeptDenial): boolean {
  const sides = [denial.account, denial.resourceAccount].filter((side) => side !== undefined)
  return sides.length > 0 && sides.every((side) => side === account)
}

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html */
function render(denial: KeptDenial): Record<string, unknown> {
  const { principal, action, resource, statements } = denial
  const context = denial.context ?? fewKeysOf(denial)
  const userId = context.find(({ key }) => key === 'aws:userid')?.values[0]
  const shown = statements?.filter(({ policyType }) => !OF_ORGANIZATION.includes(policyType))
  const matched = (shown ?? []).filter(({ matches }) => matches)
  return {
    allowed: false,
    explicitDeny: denial.name === 'explicit-deny',
    matchedStatements: { items: matched.map((statement) => renderStatement(statement, userId ?? principal)) },
    failures: { items: [] },
    context: {
      principal: principal.startsWith('arn:')
        ? { ...(userId === undefined ? {} : { id: userId }), arn: principal }
        : { id: principal },
      action,
      resource,
      conditions: { items: context.map(renderValues) },
    },
    openirsa: { ...denial, ...(shown === undefined ? {} : { statements: shown }) },
  }
}

// SPEC: what limits a member account is told to it, not shown: only the organization's own administrators read its policies.
const OF_ORGANIZATION: readonly KeptStatement['policyType'][] = ['service-control', 'resource-control']

/** Of a call that was refused before any policy was asked. */
function fewKeysOf({ sourceIp, region, account }: KeptDenial): readonly ContextValue[] {
  return [
    { key: 'aws:SourceIp', values: [sourceIp] },
    { key: 'aws:RequestedRegion', values: [region] },
    ...(account === undefined ? [] : [{ key: 'aws:PrincipalAccount', values: [account] }]),
  ]
}

/** An identity's policy names nobody: it is about whom it is attached to. UNVERIFIED: the names of members for NotAction and its like. */
function renderStatement(statement: KeptStatement, holder: string): Record<string, unknown> {
  const { sid = '', effect, actions, resources, principals, conditions } = statement
  const whom = principals?.entries.map(({ value }) => value) ?? [holder]
  return {
    statementId: sid,
    effect: effect.toUpperCase(),
    [principals?.not === true ? 'notPrincipals' : 'principals']: itemsOf(whom),
    principalGroups: { items: [] },
    [actions.not ? 'notActions' : 'actions']: itemsOf(actions.patterns),
    [resources?.not === true ? 'notResources' : 'resources']: itemsOf(resources?.patterns ?? []),
    conditions: { items: conditions.map(renderValues) },
  }
}

function renderValues({ key, values }: ContextValue): Record<string, unknown> {
  return { key, values: itemsOf(values) }
}

const itemsOf = (values: readonly string[]) => ({ items: values.map((value) => ({ value })) })
