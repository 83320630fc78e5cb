import {
  blockPublicAccess,
  createBucket,
  createProvider,
  keyOf,
  type PlanFacts,
  type PlannedCall,
  putDocuments,
  putVersioning,
} from './plan-model.ts'

/** A bucket of which everybody reads exactly two objects, and lists nothing. */
export function publicPlan(facts: PlanFacts): readonly PlannedCall[] {
  const { bucket } = facts
  return [
    createBucket(facts),
    putVersioning(facts),
    blockPublicAccess(facts, 'public policies taken'),
    {
      name: 'put-bucket-policy',
      command: 's3api put-bucket-policy',
      input: { Bucket: bucket, Policy: JSON.stringify(publicPolicy(facts)) },
    },
    ...putDocuments(facts),
    createProvider(facts),
  ]
}

export function publicPolicy(facts: PlanFacts) {
  const { bucket, partition, documents } = facts
  const resources = [documents.jwks, documents.discovery].map(
    (each) => `arn:${partition}:s3:::${bucket}/${keyOf(facts, each)}`,
  )
  return {
    Version: '2012-10-17',
    Statement: [{ Sid: 'ReadTheIssuer', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: resources }],
  }
}
