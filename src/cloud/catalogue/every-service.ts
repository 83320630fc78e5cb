import { catalogueAction } from './catalogue.ts'
import { EVERY_SERVICE } from './generated/every-service.ts'

/** A condition key as IAM's data has it; `${TagKey}` or `<key>` in the name stands for a part that is free. */
export interface CatalogueKey {
  readonly name: string
  /** `String`, `ARN`, `Bool`, `Numeric`, `Date` or `IPAddress`. */
  readonly type: string
  readonly isMultivalued: boolean
}

/** Names in all services of AWS, ours or not. Prefixes are in lower case; what is not known has empty lists. */
export interface WholeCatalogue {
  readonly services: readonly string[]
  /** Without the prefix. */
  actionsOf(service: string): readonly string[]
  /** ARN templates by the service that stands in the ARN, which is not always a prefix of actions. */
  resourceTemplatesOf(arnService: string): readonly string[]
  conditionKeysOf(service: string): readonly CatalogueKey[]
  /** Condition keys of one action beyond the global ones; undefined where only the name of the action is known. */
  conditionKeysOfAction(action: string): readonly string[] | undefined
}

export const wholeCatalogue: WholeCatalogue = {
  services: Object.keys(EVERY_SERVICE),
  actionsOf: (service) => listOf(service, 0),
  resourceTemplatesOf: (arnService) => templatesByService().get(arnService) ?? [],
  conditionKeysOf: (service) => listOf(service, 2).map(readKey),
  conditionKeysOfAction: (action) => catalogueAction(action)?.conditionKeys,
}

function listOf(service: string, column: 0 | 1 | 2): readonly string[] {
  const text = Object.hasOwn(EVERY_SERVICE, service) ? (EVERY_SERVICE[service]?.[column] ?? '') : ''
  return text === '' ? [] : text.split(' ')
}

function readKey(text: string): CatalogueKey {
  const at = text.lastIndexOf('=')
  const type = text.slice(at + 1)
  const isMultivalued = type.endsWith('[]')
  return { name: text.slice(0, at), type: isMultivalued ? type.slice(0, -2) : type, isMultivalued }
}

let templates: ReadonlyMap<string, readonly string[]> | undefined

function templatesByService(): ReadonlyMap<string, readonly string[]> {
  if (templates !== undefined) return templates
  const found = new Map<string, string[]>()
  for (const service of Object.keys(EVERY_SERVICE)) {
    for (const template of listOf(service, 1)) {
      const [, , arnService = ''] = template.split(':')
      const list = found.get(arnService)
      if (list === undefined) found.set(arnService, [template])
      else list.push(template)
    }
  }
  templates = found
  return found
}
