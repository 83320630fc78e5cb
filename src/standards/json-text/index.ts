/**
 * json-text: JSON as people wrote it: where its elements stand, by line and column, and what keeps a text from being JSON.
 * It gives no values: those come from `parseStrictJson` of core, whose judgement it follows.
 * @see https://www.rfc-editor.org/rfc/rfc8259
 */
export { findJsonFaults, type JsonFault } from './faults.ts'
export {
  createLocator,
  createSpanFinder,
  type ElementPath,
  type JsonSpan,
  pathOfPointer,
  positionOf,
  type TextPosition,
} from './places.ts'
