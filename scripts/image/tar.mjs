// Tar archives whose bytes depend on nothing but what is put into them: no times, owner 0, rights 755 or 644.
// SPEC: POSIX.1-1988 ustar, https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html ("ustar Interchange Format")

export const BLOCK = 512
export const END = Buffer.alloc(2 * BLOCK)
const [REGULAR, DIRECTORY] = ['0', '5']

/** What follows a file of that size, up to the next block. */
export const padding = (size) => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK)

/** Bytes that a file takes with its header. */
export const spaceOf = (size) => BLOCK + Math.ceil(size / BLOCK) * BLOCK

export const fileHeader = (path, { size, isExecutable }) =>
  header(path, { size, mode: isExecutable ? 0o755 : 0o644, type: REGULAR })

export const directoryHeader = (path) => header(`${path}/`, { size: 0, mode: 0o755, type: DIRECTORY })

function header(path, { size, mode, type }) {
  const block = Buffer.alloc(BLOCK)
  const [prefix, name] = split(path)
  const octal = (value, digits) => value.toString(8).padStart(digits, '0')
  block.write(name, 0)
  block.write(octal(mode, 7), 100)
  for (const [at, digits] of [
    [108, 7],
    [116, 7],
    [136, 11],
  ])
    block.write(octal(0, digits), at) // user, group, time
  block.write(octal(size, 11), 124)
  block.write(' '.repeat(8), 148)
  block.write(type, 156)
  block.write('ustar\x0000', 257)
  block.write(prefix, 345)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${octal(sum, 6)}\0 `, 148)
  return block
}

/** Up to 100 bytes of name, and before them up to 155 of folders. */
function split(path) {
  if (Buffer.byteLength(path) <= 100) return ['', path]
  for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1))
    if (at <= 155 && Buffer.byteLength(path.slice(at + 1)) <= 100 && at < path.length - 1)
      return [path.slice(0, at), path.slice(at + 1)]
  throw new Error(`the name is too long for a tar archive: ${path}`)
}
