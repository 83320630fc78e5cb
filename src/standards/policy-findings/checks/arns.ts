import { eachItem, when } from '../each.ts'
import { covers, overlap, templateToGlob } from '../globs.ts'
import type { ActionCatalogue, Check, CheckTable, Hit } from '../model.ts'
import { isLiteral, isRegion, splitWrittenArn, type WrittenArn } from '../written-arn.ts'

const PARTITIONS = ['aws', 'aws-cn', 'aws-us-gov']
const SEALED = new Set(['aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-iso-f', 'aws-eusc'])

/** The ARNs of `Resource` and `NotResource`. */
export const ARN_CHECKS = {
  INVALID_ARN_PREFIX: {
    type: 'ERROR',
    message: 'Add the required prefix (arn) to the resource ARN.',
    find: eachItem('resources', ({ text, path }) => when(!hasPrefix(text), { at: path })),
  },
  MISSING_ARN_FIELD: {
    type: 'ERROR',
    message:
      'Resource ARNs must include at least {{fields}} fields in the following structure: arn:partition:service:region:account:resource',
    find: eachItem('resources', ({ text, path }) => {
      const { parts } = splitWrittenArn(text)
      // A star at the end stands for all fields that would follow.
      const isShort = hasPrefix(text) && parts.length < 6 && !(parts.at(-1) ?? '').includes('*')
      return when(isShort, { at: path, values: { fields: 6 } })
    }),
  },
  INVALID_PARTITION: {
    type: 'ERROR',
    message:
      'The resource ARN for the service {{service}} does not support the partition {{partition}}. Use the supported values: {{partitions}}',
    find: eachArn(({ partition, service }) => {
      const isKnown = !isLiteral(partition) || PARTITIONS.includes(partition) || SEALED.has(partition)
      return isKnown ? undefined : { service, partition, partitions: PARTITIONS.join(', ') }
    }),
  },
  INVALID_ARN_SERVICE_CASE: {
    type: 'ERROR',
    message: 'Update the service name {{service}} in the resource ARN to use all lowercase letters.',
    find: eachArn(({ service }) => (isLiteral(service) && service !== service.toLowerCase() ? { service } : undefined)),
  },
  INVALID_SERVICE: {
    type: 'ERROR',
    message: 'The service {{service}} does not exist. Use a valid service name.',
    find: eachArn(({ service }, { services, resourceTemplatesOf }) => {
      const folded = service.toLowerCase()
      const isKnown = !isLiteral(service) || services.includes(folded) || resourceTemplatesOf(folded).length > 0
      return isKnown ? undefined : { service }
    }),
  },
  INVALID_ARN_REGION: {
    type: 'ERROR',
    message:
      'The Region {{region}} is not valid for this resource. Update the resource ARN to include a supported Region.',
    find: eachArn(({ region }) => (region === '' || !isLiteral(region) || isRegion(region) ? undefined : { region })),
  },
  INVALID_ARN_ACCOUNT: {
    type: 'ERROR',
    message: 'The resource ARN account ID {{account}} is not valid. Provide a 12-digit account ID.',
    find: eachArn(({ account, service }, { resourceTemplatesOf }) => {
      if (account === '' || !isLiteral(account) || /^\d{12}$/.test(account)) return undefined
      // Some resources are AWS's own, and `aws` or a service stands where the account would.
      const isOwn = resourceTemplatesOf(service).some((template) => splitWrittenArn(template).account === account)
      return isOwn || account === 'aws' ? undefined : { account }
    }),
  },
  INVALID_ARN_RESOURCE: {
    type: 'ERROR',
    message: 'Resource ARN does not match the expected ARN format. Update the resource portion of the ARN.',
    find: eachArn((arn, catalogue) => {
      const isKnown = isLiteral(arn.service) && catalogue.resourceTemplatesOf(arn.service).length > 0
      return isKnown && templatesFor(arn, catalogue).length === 0 ? {} : undefined
    }),
  },
  ARN_REGION_NOT_ALLOWED: {
    type: 'ERROR',
    message: 'The service {{service}} does not support specifying a Region in the resource ARN.',
    find: eachArn((arn, catalogue) =>
      arn.region !== '' && isLiteral(arn.region) && every(templatesFor(arn, catalogue), ({ region }) => region === '')
        ? { service: arn.service }
        : undefined,
    ),
  },
  ARN_ACCOUNT_NOT_ALLOWED: {
    type: 'ERROR',
    message: 'The service {{service}} does not support specifying an account ID in the resource ARN.',
    find: eachArn((arn, catalogue) =>
      arn.account !== '' &&
      isLiteral(arn.account) &&
      every(templatesFor(arn, catalogue), ({ account }) => account === '')
        ? { service: arn.service }
        : undefined,
    ),
  },
  MISSING_ARN_REGION: {
    type: 'ERROR',
    message: 'Add a Region to the {{service}} resource ARN.',
    find: eachArn((arn, catalogue) =>
      arn.region === '' && every(templatesFor(arn, catalogue), ({ region }) => region !== '')
        ? { service: arn.service }
        : undefined,
    ),
  },
} as const satisfies CheckTable

function hasPrefix(text: string): boolean {
  const [first = ''] = splitWrittenArn(text).parts
  return (
    text === '*' || first.startsWith('${') || covers(first, 'arn') || (first.includes('*') && overlap(first, 'arn:*'))
  )
}

/** Looks into what has all six parts of an ARN. */
function eachArn(look: (arn: WrittenArn, catalogue: ActionCatalogue) => Hit['values'] | undefined): Check['find'] {
  return eachItem('resources', function* find({ text, path }, catalogue) {
    const arn = splitWrittenArn(text)
    const values = arn.parts.length === 6 && arn.parts[0] === 'arn' ? look(arn, catalogue) : undefined
    if (values !== undefined) yield { at: path, values }
  })
}

/** ARNs of the service whose last part can be that of this one. */
function templatesFor(
  { service, resource }: WrittenArn,
  { resourceTemplatesOf }: ActionCatalogue,
): readonly WrittenArn[] {
  const wanted = templateToGlob(resource)
  return resourceTemplatesOf(service)
    .map(splitWrittenArn)
    .filter((template) => overlap(templateToGlob(template.resource), wanted))
}

function every(templates: readonly WrittenArn[], holds: (template: WrittenArn) => boolean): boolean {
  return templates.length > 0 && templates.every(holds)
}
