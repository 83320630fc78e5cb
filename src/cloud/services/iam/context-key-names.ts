import type { NamedPolicy, Statement } from '../../../standards/policy/index.ts'

/** `${aws:username}` and `${aws:username, 'nobody'}`; not `${*}`, `${?}` and `${$}`, which stand for themselves. */
const VARIABLE = /\$\{([^},*?$]+)(?:,[^}]*)?\}/g

/** The context keys that the policies ask for, in conditions and variables, as they are written; each once, whatever its case. */
export function contextKeyNames(policies: readonly NamedPolicy[]): readonly string[] {
  const names = new Map<string, string>()
  for (const { document } of policies)
    for (const name of document.statements.flatMap(namesIn))
      if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), name)
  return [...names.values()]
}

function namesIn({ conditions, resources }: Statement): readonly string[] {
  const texts = [...conditions.flatMap(({ values }) => values), ...(resources?.patterns ?? [])]
  const variables = texts.flatMap((text) => [...text.matchAll(VARIABLE)].map(([, name = '']) => name.trim()))
  return [...conditions.map(({ key }) => key), ...variables]
}
