/** A point in time, finer than milliseconds. Years beyond 285 million are rounded to whole seconds of a double. */
export interface Moment {
  /** Since 1970-01-01T00:00:00Z */
  readonly seconds: number
  readonly nanoseconds: number
}

const LARGEST_EPOCH = 9223372036854775807n
const FIRST_YEAR = -292_275_054
const LAST_YEAR = 292_278_993

/**
 * An ISO 8601 date and time as W3C's note has it, with parts missing at the end, or seconds since 1970; else undefined.
 * Digits alone are always seconds: AWS's parser takes a text for a date only when it has a `T` or a `-`.
 * @see https://www.w3.org/TR/NOTE-datetime
 */
export function parseMoment(text: string): Moment | undefined {
  const folded = text.toUpperCase()
  if (!folded.includes('T') && !folded.includes('-')) return parseEpoch(text)
  const mark = folded.indexOf('T')
  const days = parseDate(mark < 0 ? folded : folded.slice(0, mark))
  const time = parseTime(mark < 0 ? '' : folded.slice(mark + 1))
  if (days === undefined || time === undefined) return undefined
  return { seconds: days * 86_400 + time.seconds, nanoseconds: time.nanoseconds }
}

export function compareMoments(one: Moment, other: Moment): number {
  return one.seconds - other.seconds || one.nanoseconds - other.nanoseconds
}

function parseEpoch(text: string): Moment | undefined {
  if (!/^\d{1,19}$/.test(text) || BigInt(text) > LARGEST_EPOCH) return undefined
  return { seconds: Number(text), nanoseconds: 0 }
}

const DATE = /^(-?\d{1,9})(?:-(\d{1,2}))?(?:-(\d{1,2}))?$/

/** Days since 1970-01-01. */
function parseDate(text: string): number | undefined {
  const match = DATE.exec(text)
  if (match === null) return undefined
  const [year, month, day] = [Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1)]
  if (year < FIRST_YEAR || year > LAST_YEAR || !isWithin(month, 1, 12) || !isWithin(day, 1, 31)) return undefined
  return daysOfCivil(year, month, day)
}

// Colon and sign of an offset, fraction and seconds may each be missing; what is missing is zero.
const TIME = /^(?:(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?)?)?(Z|[+-]\d{2}(?::\d{2})?)?$/

function parseTime(text: string): Moment | undefined {
  const match = TIME.exec(text)
  if (match === null) return undefined
  const [hour, minute, second] = [Number(match[1] ?? 0), Number(match[2] ?? 0), Number(match[3] ?? 0)]
  const offset = parseOffset(match[5] ?? 'Z')
  if (hour > 23 || minute > 59 || second > 59 || offset === undefined) return undefined
  return {
    seconds: hour * 3600 + minute * 60 + second - offset,
    nanoseconds: Number((match[4] ?? '').padEnd(9, '0')),
  }
}

/** Seconds east of Greenwich. */
function parseOffset(text: string): number | undefined {
  if (text === 'Z') return 0
  const [hours, minutes] = [Number(text.slice(1, 3)), Number(text.slice(4, 6) || 0)]
  if (hours > 23 || minutes > 59) return undefined
  const size = hours * 3600 + minutes * 60
  return text.startsWith('-') ? -size : size
}

/** Proleptic Gregorian calendar, years of any size: counted in eras of 400 years that begin in March. */
function daysOfCivil(year: number, month: number, day: number): number {
  const years = month <= 2 ? year - 1 : year
  const era = Math.floor(years / 400)
  const yearOfEra = years - era * 400
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

function isWithin(value: number, least: number, most: number): boolean {
  return value >= least && value <= most
}
