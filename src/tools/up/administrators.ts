import type { Identity } from '../../cloud/identity/index.ts'
import { ensureAdministrator } from '../../cloud/identity/index.ts'
import { type AdministratorCredentials, writeAdministrators } from '../../io/installation/index.ts'
import type { UpOptions } from './model.ts'

/** Makes sure that each account has its administrator, and keeps their keys where the owner of the data directory, and nobody else, can read them. */
export async function keepAdministrators(
  { dataDirectory, accounts }: Pick<UpOptions, 'dataDirectory' | 'accounts'>,
  identity: Identity,
): Promise<void> {
  const all: AdministratorCredentials[] = []
  for (const account of accounts) {
    const { accessKeyId, secretAccessKey } = await ensureAdministrator(identity, account)
    all.push({ account, accessKeyId, secretAccessKey: secretAccessKey.reveal() })
  }
  await writeAdministrators(dataDirectory, all)
}
