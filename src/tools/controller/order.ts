import type { KubeObject } from '../../io/kube/index.ts'
import { ROLE_ANNOTATION as BOUND } from '../binding/index.ts'
import { type Order, POLICIES_ANNOTATION, ROLE_ANNOTATION } from './model.ts'

/** What stays in memory of a service account that asks for something; undefined for every other. */
export function readOrder({ metadata }: KubeObject): Order | undefined {
  const { namespace = '', name, uid = '', annotations = {}, deletionTimestamp } = metadata
  const policies = annotations[POLICIES_ANNOTATION]
  const roleArn = annotations[ROLE_ANNOTATION]
  if (deletionTimestamp !== undefined || (policies === undefined && roleArn === undefined)) return undefined
  const bound = annotations[BOUND]
  return {
    namespace,
    name,
    uid,
    policyArns: (policies ?? '')
      .split(',')
      .map((arn) => arn.trim())
      .filter((arn) => arn !== ''),
    ...(roleArn === undefined ? {} : { roleArn: roleArn.trim() }),
    ...(bound === undefined ? {} : { bound }),
  }
}

export function isSameOrder(one: Order, other: Order): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
