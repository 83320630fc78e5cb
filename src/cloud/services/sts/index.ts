/**
 * cloud/services/sts: temporary credentials for a role (AssumeRoleWithWebIdentity, AssumeRole), and who a key belongs to.
 * It neither verifies tokens and signatures nor evaluates trust policies: the gateway does, by the rows of this table.
 */
export type { StsOptions } from './model.ts'
export { createSts } from './service.ts'
