import { posix } from 'node:path'

export type PathStyle = 'posix' | 'windows'

/** A file below a mount. SPEC: what names it in a Windows pod is a path of Windows; the mount itself stays POSIX. */
export function renderFilePath(mountPath: string, file: string, style: PathStyle): string {
  const path = cleanPath(`${mountPath}/${file}`)
  return style === 'windows' ? `C:${path.replaceAll('/', '\\')}` : path
}

/** Nearly every path of a pod is clean already; this is looked at for each mount of each container. */
const CLEAN = /^(?:\/[^/.][^/]*)+$/

/** One spelling for one place: no slash at the end, none twice, no dots. */
export function cleanPath(path: string): string {
  if (CLEAN.test(path)) return path
  if (!UNCLEAN.test(path)) return path
  const clean = posix.normalize(path)
  return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean
}

const UNCLEAN = /\/\/|\/\.|^\.|.\/$|^$/
