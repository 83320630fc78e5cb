/**
 * tools/explain: why a call was refused, by the id that its answer carried, or what a code means.
 * It repeats what was found when the call was judged; it never judges again.
 */
export type { DenialCause, DenialRecord } from '../../cloud/denials/index.ts'
export { type Explained, explainWord } from './explain.ts'
