import { mintUniqueId, type Randomness, Secret } from '../../../core/index.ts'
import type { AccessKey, IdentityChanges } from '../model.ts'
import { mustBeFree, mustExist, type Workshop } from './workshop.ts'

type AccessKeyChanges = Pick<IdentityChanges, 'createAccessKey' | 'updateAccessKey' | 'deleteAccessKey'>

/** 30 bytes are 40 characters of base64: the length that every client expects. */
const SECRET_BYTES = 30

export function accessKeyChanges({ drafts, lookup, clock, randomness }: Workshop): AccessKeyChanges {
  const current = ({ accessKeyId }: AccessKey) =>
    mustExist(lookup.findAccessKey(accessKeyId), `access key \`${accessKeyId}\``)
  return {
    createAccessKey: (user) => {
      mustExist(lookup.findUser(user.account, user.name), `user \`${user.arn}\``)
      const accessKeyId = mintUniqueId('AKIA', user.account, randomness)
      mustBeFree(lookup.findAccessKey(accessKeyId), `access key \`${accessKeyId}\``)
      const key: AccessKey = {
        accessKeyId,
        account: user.account,
        userName: user.name,
        secret: mintSecret(randomness),
        status: 'Active',
        createdAt: clock.now(),
      }
      drafts.accessKeys.put(key)
      return key
    },
    updateAccessKey: (key, status) => {
      const updated: AccessKey = { ...current(key), status }
      drafts.accessKeys.put(updated)
      return updated
    },
    deleteAccessKey: (key) => drafts.accessKeys.remove(current(key)),
  }
}

function mintSecret(randomness: Randomness): Secret {
  return new Secret(Buffer.from(randomness.bytes(SECRET_BYTES)).toString('base64'))
}
