import { renderAscii, textOf } from '../kept-text.ts'
import type { JsonPatchOperation } from '../model.ts'

/** Operations that go one after the other into the patches of many pods. */
interface Run {
  readonly operations: readonly JsonPatchOperation[]
  /** Base64 of their text, at the beginning of a patch and behind others; made when it is wanted. */
  first?: string
  later?: string
}

/** By their first operation. */
const RUNS = new WeakMap<JsonPatchOperation, Run>()

/** For operations that go into many patches together, and never change. */
export function keepRun(operations: readonly JsonPatchOperation[]): void {
  const [first] = operations
  if (first !== undefined) RUNS.set(first, { operations })
}

/**
 * The patch in base64. It is put together from parts whose text has a multiple of three bytes, blanks behind it if need be: so the base64 of a
 * part is the same in every patch, and that of a run is made once. All of it is ASCII.
 * @see https://datatracker.ietf.org/doc/html/rfc6902 and RFC 4648 §4
 */
export function renderPatch(operations: readonly JsonPatchOperation[]): string {
  let text = ''
  for (let at = 0; at < operations.length; ) {
    const run = runAt(operations, at)
    const taken = run === undefined ? takeUntilRun(operations, at) : run.operations
    text += run === undefined ? renderPart(taken, at === 0) : renderRun(run, at === 0)
    at += taken.length
  }
  return text === '' ? EMPTY : text + END
}

const EMPTY = Buffer.from('[]').toString('base64')
const END = Buffer.from(']').toString('base64')

/** The run that stands there whole. */
function runAt(operations: readonly JsonPatchOperation[], at: number): Run | undefined {
  const operation = operations[at]
  const run = operation === undefined ? undefined : RUNS.get(operation)
  if (run === undefined) return undefined
  for (let step = 1; step < run.operations.length; step += 1)
    if (operations[at + step] !== run.operations[step]) return undefined
  return run
}

/** At least one. */
function takeUntilRun(operations: readonly JsonPatchOperation[], at: number): readonly JsonPatchOperation[] {
  let end = at + 1
  while (end < operations.length && runAt(operations, end) === undefined) end += 1
  return operations.slice(at, end)
}

function renderRun(run: Run, isFirst: boolean): string {
  if (isFirst) {
    run.first ??= renderPart(run.operations, true)
    return run.first
  }
  run.later ??= renderPart(run.operations, false)
  return run.later
}

function renderPart(operations: readonly JsonPatchOperation[], isFirst: boolean): string {
  const text = operations.map(renderOperation).join()
  const part = `${isFirst ? '[' : ','}${text}`
  return Buffer.from(part.padEnd(Math.ceil(part.length / 3) * 3), 'latin1').toString('base64')
}

function renderOperation({ op, path, value }: JsonPatchOperation): string {
  return `{"op":"${op}","path":${renderAscii(path)},"value":${textOf(value)}}`
}
