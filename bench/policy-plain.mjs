// A plain evaluator to be measured against: statements in their order, one RegExp for each pattern, made beforehand.

const escaped = (text) => text.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
const globOf = (text, flags) => new RegExp(`^${escaped(text).replaceAll('*', '.*').replaceAll('?', '.')}$`, flags)
const list = (value) => (Array.isArray(value) ? value : [value])

/** Knows what the policies of this bench need and no more. */
export function plainEvaluator(text) {
  const statements = JSON.parse(text).Statement.map(({ Action, Resource, Condition = {} }) => ({
    actions: list(Action).map((pattern) => globOf(pattern, 'i')),
    resources: list(Resource),
    globs: new Map(),
    conditions: Object.entries(Condition).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, wanted]) => ({ operator, key: key.toLowerCase(), wanted: list(wanted) })),
    ),
  }))
  return ({ action, resource, keys }) =>
    statements.some(
      (statement) =>
        statement.actions.some((glob) => glob.test(action)) &&
        statement.resources.some((pattern) => plainGlob(statement.globs, pattern, keys).test(resource)) &&
        statement.conditions.every(({ operator, key, wanted }) => plainCondition(operator, keys.get(key), wanted)),
    )
}

function plainGlob(globs, pattern, keys) {
  const text = pattern.replaceAll(/\$\{([^}]+)\}/g, (_, key) => keys.get(key.toLowerCase()) ?? '')
  const known = globs.get(text)
  if (known !== undefined) return known
  const made = globOf(text, '')
  globs.set(text, made)
  return made
}

function plainCondition(operator, found, wanted) {
  if (found === undefined) return false
  if (operator === 'StringEquals' || operator === 'Bool') return wanted.includes(found)
  if (operator === 'StringLike' || operator === 'ArnLike')
    return wanted.some((pattern) => globOf(pattern, '').test(found))
  return false
}
