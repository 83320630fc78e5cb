import { expect, it } from 'vitest'
import { instant } from '../../core/index.ts'
import { basicDateOfHeader, parseBasicDate, renderBasicDate } from './times.ts'

it('a date comes back as it was', () => {
  for (const text of ['20150830T123600Z', '20240229T235959Z', '19700101T000000Z']) {
    expect(renderBasicDate(parseBasicDate(text) ?? instant(0))).toBe(text)
  }
})

it.each([
  '',
  '20150830T123600',
  '20150830t123600Z',
  '2015083 T123600Z',
  '20150230T000000Z',
  '20151330T000000Z',
  '20150030T000000Z',
  '20150800T000000Z',
  '20150830T240000Z',
  '20150830T126000Z',
  '20150830T123660Z',
  '+0150830T123600Z',
  '2015-08-30T12:36:00Z',
])('%j is no date', (text) => {
  expect(parseBasicDate(text)).toBeUndefined()
})

it('a Date header is read in the one form that HTTP still sends, or in the basic one', () => {
  expect(basicDateOfHeader('Sun, 30 Aug 2015 12:36:00 GMT')).toBe('20150830T123600Z')
  expect(basicDateOfHeader('20150830T123600Z')).toBe('20150830T123600Z')
  for (const text of [
    'Sunday, 30-Aug-15 12:36:00 GMT',
    'Sun Aug 30 12:36:00 2015',
    '2015-08-30',
    '1',
    'Sun, 30 Abc 2015 12:36:00 GMT',
  ])
    expect(basicDateOfHeader(text)).toBeUndefined()
})
