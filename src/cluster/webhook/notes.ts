import type { MutationWarning, WarningCode } from './model.ts'
import { quote } from './warnings.ts'

/** Collects warnings while a pod is looked at; what is said of several containers becomes one line that names them. */
export interface Notes {
  add(code: WarningCode, text: string): void
  addForContainer(code: WarningCode, text: string, container: string): void
  isEmpty(): boolean
  list(): readonly MutationWarning[]
}

export function createNotes(): Notes {
  const found = new Map<string, { readonly code: WarningCode; readonly text: string; readonly containers: string[] }>()
  const remember = (code: WarningCode, text: string, containers: readonly string[]) => {
    const known = found.get(text)
    if (known === undefined) found.set(text, { code, text, containers: [...containers] })
    else known.containers.push(...containers)
  }
  return {
    add: (code, text) => remember(code, text, []),
    addForContainer: (code, text, container) => remember(code, text, [container]),
    isEmpty: () => found.size === 0,
    list: () =>
      [...found.values()].map(({ code, text, containers }) => ({
        code,
        text: `${text}${renderContainers(containers)}`,
      })),
  }
}

const NAMED_CONTAINERS = 3

function renderContainers(names: readonly string[]): string {
  if (names.length === 0) return ''
  const more = names.length > NAMED_CONTAINERS ? ` and ${names.length - NAMED_CONTAINERS} more` : ''
  return `: ${names.length === 1 ? 'container' : 'containers'} ${names.slice(0, NAMED_CONTAINERS).map(quote).join(', ')}${more}`
}
