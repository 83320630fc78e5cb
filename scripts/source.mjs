// What the checks share: the tree they look at (`--root DIR` for another one, used by their own tests), its files, and how they answer.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const at = process.argv.indexOf('--root')
export const root = at < 0 ? process.cwd() : resolve(process.argv[at + 1])
const src = join(root, 'src')

/** For tests only: may look behind doors, and is not shipped. */
export const isTest = (path) => /\.(test|contract)\.ts$/.test(path) || path.includes('/testing/')

/** TypeScript below `src`, by its path from there: `cloud/services/s3/model.ts`. */
export function sourceFiles() {
  return readdirSync(src, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.ts'))
    .sort()
}

export const readSource = (path) => readFileSync(join(src, path), 'utf8')

/** The code without its comments, line for line: what a comment says is no fault. */
export function codeOf(path) {
  return readSource(path)
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ' '))
    .replaceAll(/(^|\s)\/\/.*$/gm, '$1')
}

/** What a file imports: paths from `src` (`../x` when outside of it) for files, names for packages. */
export function importsOf(path) {
  const specifiers = [
    ...codeOf(path).matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+|\brequire\(\s*)'([^'\s$]+)'/g),
  ].map(([, name]) => name)
  const [files, packages] = [
    specifiers.filter((name) => name.startsWith('.')),
    specifiers.filter((name) => !name.startsWith('.')),
  ]
  return { files: files.map((name) => relative(src, resolve(src, dirname(path), name))), packages }
}

/** Prints every fault and the claim's line, and ends. */
export function conclude(faults, whenTrue, whenFalse) {
  for (const fault of faults) console.error(fault)
  console.log(faults.length === 0 ? `OK - ${whenTrue}` : `not ok - ${faults.length} ${whenFalse}`)
  process.exit(faults.length === 0 ? 0 : 1)
}
