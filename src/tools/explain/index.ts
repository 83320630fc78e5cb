/**
 * tools/explain: why a call was refused: the newest, or by the id that its answer carried; what a code or the text of an error means.
 * It repeats what was found when the call was judged; it never judges again.
 */
export type { DenialCause, DenialRecord } from '../../cloud/denials/index.ts'
export { type Explained, explainNewest, explainText } from './explain.ts'
