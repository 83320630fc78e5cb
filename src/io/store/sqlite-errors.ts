import { OpenirsaError, StoreError } from '../../core/index.ts'

/** SPEC: https://www.sqlite.org/rescode.html, primary result codes. */
const REASONS: ReadonlyMap<number, readonly [reason: StoreError['reason'], message: string, hint: string]> = new Map([
  [5, ['unavailable', 'the database is busy: another process writes to it', 'end the other process, then try again']],
  [6, ['unavailable', 'the database is locked', 'end the other process, then try again']],
  [8, ['unavailable', 'the database cannot be written', 'give your user write access to the data directory']],
  [10, ['unavailable', 'the disk failed', 'look at the disk, then start again']],
  [
    11,
    [
      'corrupt',
      'the database is damaged',
      'restore the data directory from a backup, or start anew with `openirsa reset`',
    ],
  ],
  [13, ['unavailable', 'the disk is full', 'free some space']],
  [14, ['unavailable', 'the database file cannot be opened', 'see that its directory exists and is yours']],
  [19, ['conflict', 'the row conflicts with one that is there', '']],
  [
    26,
    [
      'corrupt',
      'the file is not a database',
      'restore the data directory from a backup, or start anew with `openirsa reset`',
    ],
  ],
])

/** A driver's failure as one of ours; what is a fault of the program itself stays what it is. */
export function storeErrorOf(failure: unknown, path: string): unknown {
  if (failure instanceof OpenirsaError) return failure
  const found = REASONS.get(primaryCodeOf(failure) ?? -1)
  if (found === undefined) return failure
  const [reason, message, hint] = found
  const where = reason === 'conflict' ? '' : ` (\`${path}\`)`
  return new StoreError(reason, `${message}${where}`, { cause: failure, ...(hint === '' ? {} : { hint }) })
}

/** `node:sqlite` calls the number `errcode`, libsql `rawCode`; the low byte is the primary code. */
function primaryCodeOf(failure: unknown): number | undefined {
  if (!(failure instanceof Error)) return undefined
  if ('errcode' in failure && typeof failure.errcode === 'number') return failure.errcode & 0xff
  if ('rawCode' in failure && typeof failure.rawCode === 'number') return failure.rawCode & 0xff
  // libsql has no number on a connection that failed; its message ends with it.
  const code = /: (\d+)"?\)?$/.exec(failure.message)?.[1]
  return failure.message.startsWith('ConnectionFailed') && code !== undefined ? Number(code) & 0xff : undefined
}
