import { type Instant, instant } from '../../core/index.ts'

/** The moment that `YYYYMMDDTHHMMSSZ` names, or undefined when it is no such text or no such moment. */
export function parseBasicDate(text: string): Instant | undefined {
  if (text.length !== 16 || text.charCodeAt(8) !== LETTER_T || text.charCodeAt(15) !== LETTER_Z) return undefined
  const month = digits(text, 4, 6)
  const day = digits(text, 6, 8)
  const hour = digits(text, 9, 11)
  const minute = digits(text, 11, 13)
  const second = digits(text, 13, 15)
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const at = Date.UTC(digits(text, 0, 4), month - 1, day, hour, minute, second)
  // The 31st of February would become a day of March.
  if (Number.isNaN(at) || new Date(at).getUTCDate() !== day || month < 1 || month > 12) return undefined
  return instant(at)
}

/** `YYYYMMDDTHHMMSSZ` */
export function renderBasicDate(at: Instant): string {
  const iso = new Date(at).toISOString()
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 10)}T${iso.slice(11, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`
}

const IMF_FIXDATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

/** The `Date` of a request without `x-amz-date`, as `YYYYMMDDTHHMMSSZ`. SPEC: RFC 9110 §5.6.7, IMF-fixdate only; or the basic form itself. */
export function basicDateOfHeader(text: string): string | undefined {
  if (parseBasicDate(text) !== undefined) return text
  if (!IMF_FIXDATE.test(text)) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : renderBasicDate(instant(at))
}

const LETTER_T = 0x54
const LETTER_Z = 0x5a

/** NaN when one of them is no digit. */
function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - 0x30
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return value
}
