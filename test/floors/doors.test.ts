import { describe, expect, test } from 'vitest'
import { checkTree } from './tree.ts'

const PLATE = '/**\n * policy: the language.\n * It never looks up a role.\n */\n'
const TSCONFIG = JSON.stringify({
  compilerOptions: {
    module: 'nodenext',
    target: 'es2023',
    noEmit: true,
    noLib: true,
    types: [],
    allowImportingTsExtensions: true,
  },
})
const DOOR = `${PLATE}export { evaluate } from './evaluate.ts'\nexport type { Decision } from './evaluate.ts'\n`
const ROOM = '/** Never throws. */\nexport const evaluate = () => 1\nexport type Decision = number\n'

describe('doors', () => {
  const check = (door: string, room: string) =>
    checkTree('check-doors.mjs', {
      'tsconfig.json': TSCONFIG,
      'src/standards/policy/index.ts': door,
      'src/standards/policy/evaluate.ts': room,
    })

  test('with a plate, whose values say their contract, pass', () => {
    expect(check(DOOR, ROOM)).toEqual({
      status: 0,
      faults: '',
      line: 'OK - 1 doors with 2 exports have plates and contracts',
    })
  })

  test.each([
    ['without a plate', DOOR.replace(PLATE, ''), ROOM, 'standards/policy/index.ts does not begin with a plate'],
    [
      'that do not say what the room does not do',
      DOOR.replace('It never looks up a role.', 'It is fast.'),
      ROOM,
      'standards/policy/index.ts: its plate does not say what the room does not do',
    ],
    [
      'with a value that has no comment',
      DOOR,
      ROOM.replace('/** Never throws. */\n', ''),
      'standards/policy/index.ts: evaluate has no comment (standards/policy/evaluate.ts)',
    ],
  ])('%s are refused', (_, door, room, fault) => {
    expect(check(door, room)).toMatchObject({ status: 1, faults: `${fault}\n` })
  })
})

describe('the snapshot of the public subpaths', () => {
  const check = (listed: readonly string[]) =>
    checkTree('check-api.mjs', {
      'tsconfig.json': TSCONFIG,
      'package.json': JSON.stringify({
        exports: { './policy': { default: './dist/standards/policy/index.js' }, './package.json': './package.json' },
      }),
      'src/standards/policy/index.ts': DOOR,
      'src/standards/policy/evaluate.ts': ROOM,
      'test/api.snapshot.json': JSON.stringify({ './policy': listed }),
    })

  test('passes when it lists what is exported', () => {
    expect(check(['type Decision', 'evaluate'])).toEqual({
      status: 0,
      faults: '',
      line: 'OK - 1 subpaths export what the snapshot lists',
    })
  })

  test.each([
    [['type Decision'], './policy exports evaluate, which test/api.snapshot.json does not list'],
    [['type Decision', 'evaluate', 'explain'], './policy does not export explain any more'],
    [
      ['type Decision', 'type evaluate'],
      './policy does not export type evaluate any more\n./policy exports evaluate, which test/api.snapshot.json does not list',
    ],
  ])('refuses drift from %j', (listed, faults) => {
    expect(check(listed)).toMatchObject({ status: 1, faults: `${faults}\n` })
  })
})
