import { type ErrorDetails, OpenirsaError } from '../../core/index.ts'

/** Keys and places in lists, from the top of the document down. */
export type Path = readonly (string | number)[]

/** What the document says cannot be an organization. Where it stands in a file is known to who read the file. */
export class OrganizationError extends OpenirsaError {
  readonly code = 'ORGANIZATION'
  readonly path: Path
  /** For a key that does not exist: those that do. */
  readonly known: readonly string[]

  constructor(path: Path, message: string, more: ErrorDetails & { readonly known?: readonly string[] } = {}) {
    super(message, more)
    this.path = path
    this.known = more.known ?? []
  }
}
