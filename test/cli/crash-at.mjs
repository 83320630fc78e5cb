// `node crash-at.mjs COUNT MODULE FUNCTION OPTIONS NOW`: calls one of the built tools and kills itself, without a word, right before the
// COUNT-th time that anything of the file system is changed.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const [, , count, module, name, options, now] = process.argv
let left = Number(count)
const crashing =
  (change) =>
  (...words) => {
    left -= 1
    if (left === 0) process.kill(process.pid, 'SIGKILL')
    return change(...words)
  }
for (const change of ['rename', 'link', 'rm', 'mkdir', 'unlink'])
  fs.promises[change] = crashing(fs.promises[change].bind(fs.promises))
for (const change of ['linkSync', 'rmSync', 'writeFileSync']) fs[change] = crashing(fs[change].bind(fs))
const open = fs.promises.open.bind(fs.promises)
fs.promises.open = crashing(async (...words) => {
  const file = await open(...words)
  const write = file.writeFile.bind(file)
  file.writeFile = crashing(write)
  return file
})
syncBuiltinESMExports()
const tool = await import(module)
await tool[name](JSON.parse(options), { clock: { now: () => Number(now) } })
