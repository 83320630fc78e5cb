import { ApiError } from '../../../core/index.ts'
import type { Principal } from '../../operation.ts'

export type WebIdentityPrincipal = Extract<Principal, { kind: 'web-identity' }>
/** Whoever signed a request. */
export type Signer = Extract<Principal, { kind: 'assumed-role' | 'iam-user' }>

/** @throws ApiError for any other principal: the gateway lets none come here */
export function webIdentityOf(principal: Principal): WebIdentityPrincipal {
  if (principal.kind === 'web-identity') return principal
  throw notSigned()
}

/** @throws ApiError for any other principal: the gateway lets none come here */
export function signerOf(principal: Principal): Signer {
  if (principal.kind === 'assumed-role' || principal.kind === 'iam-user') return principal
  throw notSigned()
}

const notSigned = (): ApiError =>
  new ApiError('MissingAuthenticationToken', 403, 'Request is missing Authentication Token')
