import { eachItem, OF_ORGANIZATIONS, when } from '../each.ts'
import { covers, hasWildcard } from '../globs.ts'
import type { ActionCatalogue, CheckTable } from '../model.ts'
import { nearestName } from '../nearest-name.ts'

export const ACTION_CHECKS = {
  INVALID_ACTION: {
    type: 'ERROR',
    message: 'The action {{action}} does not exist. Did you mean {{valid_action}}?',
    find: eachItem('actions', function* find({ text: action, path }, catalogue) {
      const guess = guessAction(action, catalogue)
      if (guess !== undefined) yield { at: path, values: { action, valid_action: guess } }
    }),
  },
  INVALID_SERVICE_IN_ACTION: {
    type: 'ERROR',
    message: 'The service {{service}} specified in the action does not exist. Did you mean {{service2}}?',
    find: eachItem('actions', function* find({ text, path }, { services }) {
      const service = prefixOf(text)
      if (service === undefined || hasWildcard(service) || services.includes(service.toLowerCase())) return
      yield { at: path, values: { service, service2: nearestName(service, services) ?? '' } }
    }),
  },
  WILDCARD_IN_SERVICE_NAME: {
    type: 'SUGGESTION',
    message:
      'Avoid using wildcards (*, ?) in the service name because it might grant unintended access to other AWS services with similar names.',
    find: eachItem('actions', ({ text, path }) => when(hasWildcard(prefixOf(text) ?? ''), { at: path })),
  },
  SCP_SYNTAX_ERROR_ACTION_WILDCARD: {
    type: 'ERROR',
    message: 'SCP actions can include wildcards (*) only at the end of a string. Update {{action}}.',
    kinds: OF_ORGANIZATIONS,
    find: eachItem('actions', ({ text: action, path }) =>
      when(hasWildcard(action.slice(0, -1)), { at: path, values: { action } }),
    ),
  },
} as const satisfies CheckTable

/** What stands before the colon; undefined without one. */
function prefixOf(action: string): string | undefined {
  const colon = action.indexOf(':')
  return colon < 0 ? undefined : action.slice(0, colon)
}

/** An action that exists, for one that does not; undefined for what is right, or wrong in its service already. */
function guessAction(action: string, { services, actionsOf }: ActionCatalogue): string | undefined {
  if (/^\*+$/.test(action)) return undefined
  const prefix = prefixOf(action)
  if (prefix === undefined) return guessService(action, { services, actionsOf })
  const service = prefix.toLowerCase()
  if (!services.includes(service)) return undefined
  const [name, names] = [action.slice(prefix.length + 1), actionsOf(service)]
  const pattern = name.toLowerCase()
  if (names.some((one) => covers(pattern, one.toLowerCase()))) return undefined
  return `${service}:${nearestName(name.replaceAll(/[*?]/g, ''), names) ?? '*'}`
}

/** The prefix is missing: the first service that has such an action, or whose name comes nearest. */
function guessService(name: string, { services, actionsOf }: Pick<ActionCatalogue, 'services' | 'actionsOf'>): string {
  const folded = name.toLowerCase()
  for (const service of services) {
    const found = actionsOf(service).find((one) => one.toLowerCase() === folded)
    if (found !== undefined) return `${service}:${found}`
  }
  return `${nearestName(name, services) ?? 'service'}:*`
}
