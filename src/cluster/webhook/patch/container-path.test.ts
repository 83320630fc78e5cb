import { posix } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cleanPath } from './container-path.ts'

it('a path is cleaned as Go and Node clean it, however it is written', () => {
  const part = fc.constantFrom('a', 'kubernetes.io', '.', '..', '', '...', '.hidden', 'a.', ' ')
  fc.assert(
    fc.property(fc.array(part), fc.boolean(), (parts, isAbsolute) => {
      const path = `${isAbsolute ? '/' : ''}${parts.join('/')}`
      const normal = posix.normalize(path)
      expect(cleanPath(path)).toBe(normal.length > 1 ? normal.replace(/\/$/, '') : normal)
    }),
  )
})
