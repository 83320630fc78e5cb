/**
 * cloud/session: an assumed-role session ⇄ temporary credentials: seals a session into its token, derives the secret key, opens a token.
 * Nothing is stored. It asks neither whether a role may be assumed nor whether it still is there, and checks no signature.
 */
export { SealKeyRingError, SessionTooLargeError } from './errors.ts'
export type {
  AssumedRoleSession,
  IssuedSession,
  OpenedSession,
  SealKey,
  SealKeyRing,
  SessionDraft,
  Sessions,
  TemporaryCredentials,
} from './model.ts'
export {
  activateSealKey,
  addSealKey,
  createSealKeyRing,
  destroySealKey,
  readSealKeyRing,
  renderSealKeyRing,
} from './seal-key-ring.ts'
export { sessionArnOf } from './session-arn.ts'
export { createSessions, type SessionParts } from './sessions.ts'
