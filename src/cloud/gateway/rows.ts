import { ApiError, partitionOf } from '../../core/index.ts'
import { catalogueRow, fillTemplate, isReadOnly } from '../catalogue/index.ts'
import type { Operation, Service } from '../operation.ts'

/**
 * The row of an operation: the service's own, or one made from the catalogue, which is authenticated, authorised and then
 * answered `NotImplemented`. INVARIANT: nothing is passed through; an operation that IAM's data does not know is denied.
 */
export function rowOf(service: Service, operationName: string): Operation {
  const own = Object.hasOwn(service.operations, operationName) ? service.operations[operationName] : undefined
  return own ?? unimplementedRow(service, operationName)
}

function unimplementedRow(service: Service, name: string): Operation {
  const row = catalogueRow(service.model.signingName, name)
  return {
    ...(row === undefined ? { unmapped: true } : {}),
    authenticate: { by: 'sigv4' },
    requires: async (input: Record<string, unknown>, principal, { region }) => {
      if (principal.kind === 'anonymous' || row === undefined) throw new ApiError('AccessDenied', 403, 'Access Denied')
      const { account } = principal
      const resource = fillTemplate(row.resourceTemplate, { partition: partitionOf(region), region, account }, input)
      return row.actions.map((action) => ({ action, resource, resourceAccount: account, onDeny: 'refuse' }))
    },
    perform: async () => {
      throw new ApiError('NotImplemented', 501, `The operation ${name} is not implemented by this installation.`)
    },
    // What it brought is not recorded: nobody here knows which of it is a password or a key.
    trail: {
      category: 'Management',
      readOnly: isReadOnly(service.model.signingName, name),
      requestParameters: () => null,
    },
  }
}
