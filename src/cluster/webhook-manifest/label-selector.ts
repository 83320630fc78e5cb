import { ConfigError } from '../../core/index.ts'

type Operator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'

type Requirement = {
  readonly key: string
  readonly operator: Operator
  readonly values?: readonly string[]
}

/** SPEC: meta/v1 LabelSelector; the empty one picks everything. */
export type LabelSelector = { readonly matchExpressions?: readonly Requirement[] }

/** Does it pick every object? */
export const isAnyAccount = (selector: LabelSelector): boolean => selector.matchExpressions === undefined

/**
 * Reads a selector as kubectl's `-l` does: `a=b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`, with commas between them.
 * SPEC: kubernetes.io/docs/concepts/overview/working-with-objects/labels, label selectors.
 * @throws ConfigError for anything else
 */
export function parseLabelSelector(text: string): LabelSelector {
  if (text.trim() === '') return {}
  return { matchExpressions: splitRequirements(text).map(parseRequirement) }
}

/** At the commas that are not between parentheses. */
function splitRequirements(text: string): readonly string[] {
  return text.split(/,(?![^(]*\))/).map((part) => part.trim())
}

function parseRequirement(text: string): Requirement {
  const set = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(text)
  if (set !== null) {
    const values = (set[3] ?? '').split(',').map((value) => value.trim())
    return requirement(text, { key: set[1] ?? '', operator: set[2] === 'in' ? 'In' : 'NotIn', values })
  }
  const equation = /^([^=!\s]+)\s*(==|=|!=)\s*([^=!\s]*)$/.exec(text)
  if (equation !== null) {
    const [, key = '', sign, value = ''] = equation
    return requirement(text, { key, operator: sign === '!=' ? 'NotIn' : 'In', values: [value] })
  }
  if (text.startsWith('!')) return requirement(text, { key: text.slice(1).trim(), operator: 'DoesNotExist' })
  return requirement(text, { key: text, operator: 'Exists' })
}

// SPEC: apimachinery's IsQualifiedName and IsValidLabelValue.
const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const PREFIX = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/

function requirement(text: string, made: Requirement): Requirement {
  const [name = '', prefix, ...more] = made.key.split('/').toReversed()
  const isKey = NAME.test(name) && more.length === 0 && (prefix === undefined || PREFIX.test(prefix))
  const areValues = (made.values ?? []).every((value) => value === '' || NAME.test(value))
  if (isKey && areValues) return made
  throw new ConfigError(
    `\`${text.slice(0, 100)}\` selects nothing: expected \`key=value\`, \`key in (a,b)\` or \`key\``,
  )
}
