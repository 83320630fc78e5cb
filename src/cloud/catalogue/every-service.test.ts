import { expect, it } from 'vitest'
import { loadWholeCatalogue } from './index.ts'

it('knows services that are not ours by the names of their actions', async () => {
  const { services, actionsOf } = await loadWholeCatalogue()
  expect(services).toContain('ec2')
  expect(actionsOf('ec2')).toContain('RunInstances')
  expect(actionsOf('ec3')).toEqual([])
  expect(actionsOf('constructor')).toEqual([])
})

it('finds ARN templates by the service in the ARN', async () => {
  const { resourceTemplatesOf } = await loadWholeCatalogue()
  expect(resourceTemplatesOf('sqs')).toEqual(['arn:${Partition}:sqs:${Region}:${Account}:${QueueName}'])
  expect(resourceTemplatesOf('nothing')).toEqual([])
})

it('tells the type of a condition key, and whether it has many values', async () => {
  const { conditionKeysOf } = await loadWholeCatalogue()
  expect(conditionKeysOf('s3')).toContainEqual({ name: 's3:max-keys', type: 'Numeric', isMultivalued: false })
  expect(conditionKeysOf('dynamodb')).toContainEqual({
    name: 'dynamodb:LeadingKeys',
    type: 'String',
    isMultivalued: true,
  })
})

it('knows the condition keys of single actions for our services only', async () => {
  const { conditionKeysOfAction } = await loadWholeCatalogue()
  expect(conditionKeysOfAction('s3:listbucket')).toContain('s3:prefix')
  expect(conditionKeysOfAction('ec2:RunInstances')).toBeUndefined()
})
