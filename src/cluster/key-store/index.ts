/**
 * cluster/key-store: an issuer of one's own, kept in a directory: its keys and their parts in a rotation, where they are published,
 * what signers say, the gates that a key has to pass. It does not publish, sign or fetch anything, and reads no clock: `now` is given.
 */
export { API_SERVER_FILES } from './api-server-files.ts'
export { type IssuerDocument, type IssuerDocuments, keyStoreJwksUri, renderIssuerDocuments } from './documents.ts'
export { KeyStoreError, RotationRefused } from './errors.ts'
export {
  activationGates,
  type Gate,
  longestCache,
  opensAt,
  publishedGate,
  refuseEarlyClock,
  retirementGates,
} from './gates.ts'
export { createKeyStore, type KeyStore, openKeyStore } from './key-store.ts'
export type {
  IssuerState,
  IssuerTimes,
  KeyState,
  Publication,
  SignerReport,
  SigningMode,
  StoredKey,
} from './model.ts'
export {
  activateNextKey,
  addNextKey,
  findActive,
  findNext,
  planRotation,
  publishableKeys,
  type RotationStep,
  recordPublication,
  retireKey,
} from './rotation.ts'
