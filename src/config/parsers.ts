import { isIP } from 'node:net'
import {
  type AccountId,
  ConfigError,
  parseAccountId,
  parseRegion,
  type Region,
  type Seconds,
  seconds,
} from '../core/index.ts'

/** Any text but an empty one. @throws ConfigError, as every parser here does */
export const asText = (text: string, name: string): string => {
  if (text === '') throw unusable(name, text, 'a value')
  return text
}

/** 0 asks for a free port. */
export const asPort = (text: string, name: string): number => {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw unusable(name, text, 'a port from 0 to 65535')
  return Number(text)
}

/** Twelve digits, leading zeros among them. */
export const asAccount = (text: string, name: string): AccountId => {
  const account = parseAccountId(text)
  if (account === undefined) throw unusable(name, text, 'an account of twelve digits')
  return account
}

export const asRegion = (text: string, name: string): Region => {
  const region = parseRegion(text)
  if (region === undefined) throw unusable(name, text, 'a region such as us-east-1')
  return region
}

export const asAddress = (text: string, name: string): string => {
  if (isIP(text) === 0) throw unusable(name, text, 'an IP address')
  return text
}

export const asHostName = (text: string, name: string): string => {
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(text))
    throw unusable(name, text, 'a host name in lower case, without port')
  return text
}

export const asRate = (text: string, name: string): number => {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw unusable(name, text, 'a whole number of requests a second, from 1')
  return Number(text)
}

export const asSwitch = (text: string, name: string): boolean => {
  if (text !== 'true' && text !== 'false') throw unusable(name, text, 'true or false')
  return text === 'true'
}

/** Reads one of a closed list of words. */
export const asOneOf =
  <Word extends string>(...words: readonly Word[]) =>
  (text: string, name: string): Word => {
    const found = words.find((word) => word === text)
    if (found === undefined) throw unusable(name, text, `one of ${words.join(', ')}`)
    return found
  }

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** `900`, `900s`, `15m`, `1h`, `1h30m`, `7d`; a bare number counts seconds. */
export const asDuration = (text: string, name: string): Seconds => {
  if (/^\d{1,10}$/.test(text)) return seconds(Number(text))
  const parts = [...text.matchAll(/(\d{1,10})([smhd])/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text)
    throw unusable(name, text, 'a duration such as 900s, 15m or 1h')
  return seconds(parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_SECONDS[unit ?? ''] ?? 0), 0))
}

function unusable(name: string, found: string, expected: string): ConfigError {
  return new ConfigError(`--${name}: expected ${expected}, found \`${found}\``)
}
