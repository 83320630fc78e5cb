import {
  type Instant,
  instant,
  type JsonObject,
  type JsonValue,
  parseStrictJson,
  type Seconds,
  StrictJsonError,
  seconds,
} from '../../core/index.ts'
import { KeyStoreError } from './errors.ts'

/** Reads an object of our own files; whatever is not as we write it is an error that names the member, and repeats nothing. */
export interface JsonReader {
  text(name: string): string
  optionalText(name: string): string | undefined
  word<Word extends string>(name: string, words: readonly Word[]): Word
  flag(name: string): boolean
  /** Whole, from 1. */
  duration(name: string): Seconds
  time(name: string): Instant
  optionalTime(name: string): Instant | undefined
  object(name: string): JsonReader
  objects(name: string): readonly JsonReader[]
  /** Every member of the object, as times. */
  times(name: string): ReadonlyMap<string, Instant>
}

/** @throws KeyStoreError when it is no JSON object of that version */
export function readJsonFile(text: string, file: string, version: number): JsonReader {
  const document = parse(text, file)
  const reader = readerOf(document, file, '')
  if (!isObject(document) || document.version !== version)
    throw new KeyStoreError(`\`${file}\` is not of version ${version}`, { hint: 'it was written by another openirsa' })
  return reader
}

function parse(text: string, file: string): JsonValue {
  try {
    return parseStrictJson(text)
  } catch (cause) {
    if (!(cause instanceof StrictJsonError)) throw cause
    throw new KeyStoreError(`\`${file}\` is not JSON: ${cause.message}`, { cause, hint: 'restore it from a backup' })
  }
}

function readerOf(value: JsonValue | undefined, file: string, where: string): JsonReader {
  if (!isObject(value)) throw unusable(file, where, 'an object')
  const at = (name: string): string => (where === '' ? name : `${where}.${name}`)
  const optionalText = (name: string): string | undefined => {
    const found = value[name]
    if (found === undefined || typeof found === 'string') return found
    throw unusable(file, at(name), 'a text')
  }
  const text = (name: string): string => required(optionalText(name), file, at(name))
  const timeOf = (found: string, place: string): Instant => {
    const read = Date.parse(found)
    if (Number.isNaN(read)) throw unusable(file, place, 'a time')
    return instant(read)
  }
  const optionalTime = (name: string): Instant | undefined => {
    const found = optionalText(name)
    return found === undefined ? undefined : timeOf(found, at(name))
  }
  return {
    text,
    optionalText,
    word: (name, words) => {
      const found = words.find((word) => word === value[name])
      if (found === undefined) throw unusable(file, at(name), `one of ${words.join(', ')}`)
      return found
    },
    flag: (name) => value[name] === true,
    duration: (name) => {
      const found = value[name]
      if (typeof found !== 'number' || !Number.isInteger(found) || found < 1) throw unusable(file, at(name), 'seconds')
      return seconds(found)
    },
    time: (name) => required(optionalTime(name), file, at(name)),
    optionalTime,
    object: (name) => readerOf(value[name], file, at(name)),
    objects: (name) => {
      const list = value[name]
      if (!Array.isArray(list)) throw unusable(file, at(name), 'a list')
      return (list as readonly JsonValue[]).map((each, index) => readerOf(each, file, `${at(name)}[${index}]`))
    },
    times: (name) => {
      const found = value[name]
      if (!isObject(found)) throw unusable(file, at(name), 'an object of times')
      return new Map(
        Object.entries(found).map(([key, time]) => {
          if (typeof time !== 'string') throw unusable(file, at(name), 'an object of times')
          return [key, timeOf(time, at(name))]
        }),
      )
    },
  }
}

function required<T>(value: T | undefined, file: string, where: string): T {
  if (value === undefined) throw unusable(file, where, 'a value')
  return value
}

function unusable(file: string, where: string, expected: string): KeyStoreError {
  return new KeyStoreError(`\`${file}\` is damaged: expected ${expected} in \`${where}\``, {
    hint: 'restore it from a backup',
  })
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
