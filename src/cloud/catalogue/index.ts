/**
 * catalogue: what IAM's public data says of actions and operations: which action an operation needs, on what, and whether it only reads.
 * Generated tables and pure functions. It decides nothing: services name their requirements themselves, and this is what is left for the rest.
 */
export {
  actionsOf,
  type CatalogueAction,
  type CatalogueRow,
  catalogueAction,
  catalogueRow,
  fillTemplate,
  isReadOnly,
  type Surroundings,
  wildcardOnly,
} from './catalogue.ts'
export type { CatalogueKey, WholeCatalogue } from './every-service.ts'
export { loadWholeCatalogue } from './load-whole-catalogue.ts'
export type { AccessLevel } from './table.ts'
