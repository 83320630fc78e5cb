/**
 * tools/keys: the keys of an issuer's directory: what there is, the next step of a rotation, taking out what is over.
 * The rules are the key store's; nothing is decided here.
 */
import { systemClock } from '../../io/host/index.ts'
import type { KeysHost } from './keys.ts'

export {
  type KeyList,
  type KeysHost,
  type ListedKey,
  listKeys,
  type RetireOptions,
  type RetireOutcome,
  type RotateOptions,
  type RotateOutcome,
  retireKeys,
  rotateKeys,
} from './keys.ts'

/** The machine's clock. */
export const systemKeysHost = (): KeysHost => ({ clock: systemClock })
