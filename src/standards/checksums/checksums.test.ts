import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CHECKSUMS, type ChecksumAlgorithm } from './checksums.ts'

/** The check values that the definitions of the sums give for these nine digits. */
const CHECK = {
  CRC32: 'cbf43926',
  CRC32C: 'e3069283',
  CRC64NVME: 'ae8b14860a799888',
  SHA1: 'f7c3bc1d808e04732adf679965ccc34ca7ae3441',
  SHA256: '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
  SHA512:
    'd9e6762dd1c8eaf6d61b3c6192fc408d4d6d5f1176d0c29169bc24e71c3f274ad27fcd5811b313d681f7e55ec02d73d499c95455b6b5bb503acf574fba8ffe85',
  MD5: '25f9e794323b453885f5181f1b624d0b',
} as const satisfies Record<ChecksumAlgorithm, string>

const algorithms = Object.keys(CHECK) as ChecksumAlgorithm[]

function sum(algorithm: ChecksumAlgorithm, ...chunks: Uint8Array[]): string {
  const sink = CHECKSUMS[algorithm].create()
  for (const chunk of chunks) sink.update(chunk)
  return sink.digest().toString('hex')
}

it.each(algorithms)('%s gives the check value of its definition', (algorithm) => {
  expect(sum(algorithm, Buffer.from('123456789'))).toBe(CHECK[algorithm])
  expect(CHECK[algorithm].length).toBe(CHECKSUMS[algorithm].length * 2)
})

it.each(algorithms)('%s does not mind how the bytes are cut', (algorithm) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, at) => {
      expect(sum(algorithm, bytes.subarray(0, at), bytes.subarray(at))).toBe(sum(algorithm, bytes))
    }),
  )
})
