import { ApiError } from '../../core/index.ts'
import type { Violations } from './constraints.ts'
import { malformedXml } from './inputs.ts'
import { memberOf, resolveShape, structureOf } from './shapes.ts'
import type { ServiceTable } from './table.ts'

interface Checked {
  readonly operation: string
  readonly input: Record<string, unknown>
  readonly violations: Violations
}

/**
 * S3 does not answer with validation errors: a body without what it must have, or with a word that S3 does not know, is `MalformedXML`;
 * a header or parameter is an `InvalidArgument`.
 */
export function checkS3(table: ServiceTable, { operation, input, violations }: Checked): ApiError | undefined {
  const shape = structureOf(table, table.operations[operation]?.input ?? '.unit')
  for (const { path } of violations) {
    const [first] = path.split('.', 1)
    const found = Object.entries(shape.members).find(([name]) => name.charAt(0).toLowerCase() + name.slice(1) === first)
    if (found === undefined) continue
    const [name, row] = found
    const { ref, traits } = memberOf(row)
    if (traits.payload === true && resolveShape(table, ref).kind === 'structure') return malformedXml()
    const argument = traits.header ?? traits.query
    if (argument === undefined) continue
    const value = input[name]
    const members =
      value === undefined || traits.sensitive === true ? {} : { ArgumentValue: String(value).slice(0, 200) }
    return new ApiError('InvalidArgument', 400, `Invalid ${argument}`, { ArgumentName: argument, ...members })
  }
  return undefined
}
