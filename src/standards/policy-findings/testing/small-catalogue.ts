import type { ActionCatalogue, KnownKey } from '../model.ts'

interface Service {
  readonly actions: readonly string[]
  readonly templates: readonly string[]
  readonly keys: readonly string[]
}

/** Six services with what the tests need of them. */
const SERVICES: Readonly<Record<string, Service>> = {
  s3: {
    actions: ['GetObject', 'ListBucket', 'PutObject', 'ListAllMyBuckets'],
    templates: ['arn:P:s3:::*', 'arn:P:s3:::*/*', 'arn:P:s3:R:A:accesspoint/*'],
    keys: ['s3:prefix=String', 's3:max-keys=Numeric', 's3:ResourceAccount=String', 'aws:ResourceTag/*=String'],
  },
  iam: {
    actions: ['PassRole', 'CreateServiceLinkedRole', 'GetRole'],
    templates: ['arn:P:iam::A:role/*', 'arn:P:iam::A:user/*'],
    keys: ['iam:PassedToService=String', 'iam:AWSServiceName=String', 'aws:ResourceTag/*=String'],
  },
  sts: {
    actions: ['AssumeRole', 'AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity', 'TagSession', 'SetSourceIdentity'],
    templates: ['arn:P:iam::A:role/*'],
    keys: ['sts:SourceIdentity=String', 'sts:TransitiveTagKeys=String[]', 'sts:ExternalId=String'],
  },
  sqs: { actions: ['SendMessage', 'ReceiveMessage'], templates: ['arn:P:sqs:R:A:*'], keys: [] },
  ec2: {
    actions: ['RunInstances', 'DescribeInstances'],
    templates: ['arn:P:ec2:R:A:instance/*', 'arn:P:ec2:R::image/*'],
    keys: ['ec2:InstanceType=String', 'aws:ResourceTag/*=String', 'aws:RequestTag/*=String', 'aws:TagKeys=String[]'],
  },
  logs: { actions: ['PutLogEvents'], templates: ['arn:P:logs:R:A:log-group:*'], keys: [] },
}

const KEYS_OF_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  's3:listbucket': ['s3:prefix', 's3:max-keys'],
  's3:getobject': ['s3:ResourceAccount'],
}

export const smallCatalogue: ActionCatalogue = {
  services: Object.keys(SERVICES),
  actionsOf: (service) => SERVICES[service]?.actions ?? [],
  resourceTemplatesOf: (service) =>
    Object.values(SERVICES)
      .flatMap(({ templates }) => templates)
      .filter((template) => template.split(':')[2] === service),
  conditionKeysOf: (service) => (SERVICES[service]?.keys ?? []).map(readKey),
  conditionKeysOfAction: (action) => KEYS_OF_ACTIONS[action.toLowerCase()],
}

function readKey(text: string): KnownKey {
  const [name = '', type = ''] = text.split('=')
  return { name, type: type.replace('[]', ''), isMultivalued: type.endsWith('[]') }
}
