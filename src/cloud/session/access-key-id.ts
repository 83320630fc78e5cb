import { type AccountId, mintUniqueId } from '../../core/index.ts'

/**
 * The access key id of a session: the account in AWS's packing, the rest out of the session's 16 random bytes.
 * It tells sessions apart for people; what identifies a session is its session id.
 */
export function accessKeyIdOf(account: AccountId, sessionId: Uint8Array): string {
  let at = 0
  return mintUniqueId('ASIA', account, {
    bytes: (count) => {
      at += count
      return sessionId.subarray(at - count, at)
    },
    uuid: () => {
      throw new Error('an access key id takes bytes only')
    },
  })
}
