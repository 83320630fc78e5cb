/**
 * cloud/services/sts: temporary credentials for a role (AssumeRoleWithWebIdentity, AssumeRole), and who a key belongs to.
 * It does not verify tokens or signatures and evaluates no trust policy: the gateway does, by the rows of this table.
 */
export type { StsOptions } from './model.ts'
export { createSts } from './service.ts'
