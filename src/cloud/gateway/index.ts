/**
 * cloud/gateway: the one pipeline that every call walks: recognise → authenticate → authorize → perform → record → render.
 * It knows no service by name: what an operation needs stands in the service's own table, and no service can skip a step.
 */

export type { WebIdentityKeys } from '../operation.ts'
export { createGateway } from './gateway.ts'
export type { Gateway, GatewayOptions } from './model.ts'
