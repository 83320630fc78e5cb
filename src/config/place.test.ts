import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { configHomeOf, dataDirectoryOf } from './place.ts'

describe('the data directory', () => {
  test.each([
    ['is what was given', '/given', { OPENIRSA_DATA_DIR: '/variable', XDG_DATA_HOME: '/data' }, '/given'],
    ['is absolute', 'given', {}, resolve('given')],
    ['is what the variable says', undefined, { OPENIRSA_DATA_DIR: '/variable', XDG_DATA_HOME: '/data' }, '/variable'],
    ['lies below XDG_DATA_HOME', undefined, { OPENIRSA_DATA_DIR: '', XDG_DATA_HOME: '/data' }, '/data/openirsa'],
    ['lies in the home directory', undefined, { XDG_DATA_HOME: '' }, `${homedir()}/.local/share/openirsa`],
  ])('%s', (_, given, environment, expected) => {
    expect(dataDirectoryOf(given, environment)).toBe(expected)
  })
})

test('configuration lies below XDG_CONFIG_HOME, else in the home directory', () => {
  expect(configHomeOf({ XDG_CONFIG_HOME: '/config' })).toBe('/config')
  expect(configHomeOf({})).toBe(`${homedir()}/.config`)
})
