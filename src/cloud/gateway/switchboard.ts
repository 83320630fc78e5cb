import { ApiError, type HttpHead, headerValue } from '../../core/index.ts'
import { parseQueryForm, type QueryForm } from '../../standards/protocol/index.ts'
import type { Operation, Service } from '../operation.ts'

/** Which service a request is for; built once from the services' own tables. */
export interface Switchboard {
  /** By the service part of a credential scope. */
  bySigningName(name: string): Service | undefined
  /** By an `Action` that is authenticated by a token instead of a signature. */
  byTokenAction(action: string | undefined): Service | undefined
  /** An unsigned form: the service that has the action; the first one of that protocol when none has. */
  byForm(head: HttpHead, form: QueryForm): Service
  /** An unsigned request without a form; answers for every head, however broken. */
  forUnsigned(head: HttpHead): Service
  /** Whose words are used for forms before their action is known. */
  readonly queryDefault: Service
}

/** @throws Error when no service speaks the query protocol, or none answers unsigned calls */
export function createSwitchboard(services: readonly Service[]): Switchboard {
  const signing = new Map(services.map((service) => [service.model.signingName, service]))
  const byToken = new Map(services.flatMap((service) => tokenActions(service).map((name) => [name, service] as const)))
  const query = services.filter(({ model }) => model.protocol === 'awsQuery')
  const [queryDefault] = query
  const open = services.find(({ operations }) => Object.values(operations).some(isOpen))
  if (queryDefault === undefined || open === undefined) throw new Error('the services do not cover unsigned calls')
  const byForm = (head: HttpHead, form: QueryForm): Service =>
    query.find(({ model }) => model.recognise(head, form) !== undefined) ?? queryDefault
  const byQuery = (head: HttpHead): Service => {
    try {
      return byForm(head, parseQueryForm(head.query))
    } catch (failure) {
      // Whose words to use is all that is asked here: a query that cannot be read is refused when it is read.
      if (failure instanceof ApiError) return queryDefault
      throw failure
    }
  }
  return {
    bySigningName: (name) => signing.get(name),
    byTokenAction: (action) => (action === undefined ? undefined : byToken.get(action)),
    byForm,
    forUnsigned: (head) => {
      if (headerValue(head.headers, 'x-amz-target') !== undefined)
        return services.find((service) => isOfTarget(service, head)) ?? open
      const isQuery = head.path === '/' && /(^|&)Action=/.test(head.query)
      return isQuery ? byQuery(head) : open
    },
    queryDefault,
  }
}

function isOfTarget({ model }: Service, head: HttpHead): boolean {
  return model.targetPrefix !== undefined && model.recognise(head, undefined) !== undefined
}

function tokenActions({ operations }: Service): readonly string[] {
  return Object.keys(operations).filter((name) => operations[name]?.authenticate.by === 'web-identity')
}

function isOpen({ authenticate }: Operation): boolean {
  return authenticate.by === 'sigv4' && authenticate.orAnonymous === true
}
