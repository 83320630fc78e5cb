import type { Operation } from '../../operation.ts'

type Fixed = Pick<Operation, 'authenticate' | 'trail'>

export const reading: Fixed = {
  authenticate: { by: 'sigv4' },
  trail: { category: 'Management', readOnly: true },
}

/** What was answered stands in the record, as EKS has it; no answer of these holds a secret. */
export const writing: Fixed = {
  authenticate: { by: 'sigv4' },
  trail: { category: 'Management', readOnly: false, responseElements: (output) => output },
}
