// What doors export, by the compiler: for check-api.mjs and check-doors.mjs.
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'
import { root, sourceFiles } from './source.mjs'

const src = join(root, 'src')

/** Doors of all rooms, as paths from `src`; a table deeper in a room that is called index.ts is none. */
export const allDoors = () =>
  sourceFiles().filter((file) => /^(\w+\/){1,2}index\.ts$|^cloud\/services\/\w+\/index\.ts$/.test(file))

/** Doors behind the subpaths of package.json: subpath to path from `src`. */
export function publicDoors() {
  const { exports: subpaths } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const doors = Object.entries(subpaths).filter(([, target]) => typeof target === 'object')
  return new Map(
    doors.map(([subpath, target]) => [subpath, target.default.replace(/^\.\/dist\//, '').replace(/\.js$/, '.ts')]),
  )
}

/** `{ name, kind, documented, file }` of each export of each door. */
export function exportsOf(doors) {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root)
  const program = ts.createProgram(
    doors.map((door) => join(src, door)),
    options,
  )
  const checker = program.getTypeChecker()
  return new Map(doors.map((door) => [door, symbolsOf(checker, program.getSourceFile(join(src, door)))]))
}

function symbolsOf(checker, file) {
  const door = file && checker.getSymbolAtLocation(file)
  if (door === undefined) return []
  const found = checker.getExportsOfModule(door).map((symbol) => describe(checker, symbol))
  return found.toSorted((one, other) => (one.name < other.name ? -1 : 1))
}

function describe(checker, exported) {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
  const [declaration] = symbol.declarations ?? []
  return {
    name: exported.name,
    kind: symbol.flags & ts.SymbolFlags.Value ? 'value' : 'type',
    documented: symbol.getDocumentationComment(checker).length > 0 || symbol.getJsDocTags(checker).length > 0,
    file: declaration === undefined ? undefined : relative(src, declaration.getSourceFile().fileName),
  }
}
