/**
 * tools/binding: a service account and its role: provider, role, trust policy, policies, annotation, planned first, then done step by step.
 * It asks AWS or an installation, a real cluster or a local one; it changes no role that is not the service account's own.
 */
export { applyPlan, changes } from './apply-plan.ts'
export { type Desired, desiredOf, OWNER_TAG } from './desired.ts'
export { kubeCluster } from './kube-cluster.ts'
export {
  type BindingCloud,
  type BindingCluster,
  type BindWish,
  type BoundAccount,
  type InlinePolicy,
  type Phase,
  type Plan,
  ROLE_ANNOTATION,
  type Step,
} from './model.ts'
export { type CloudPlace, type ClusterPlace, openCloud, openCluster } from './open.ts'
export { planBinding } from './plan.ts'
export { renderAwsCli, renderHcl, renderYaml } from './render.ts'
export { defaultRoleName } from './role-name.ts'
export { planUnbinding, type UnbindWish } from './unbind.ts'
