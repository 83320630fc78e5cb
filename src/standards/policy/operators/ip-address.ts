import { isInRange, parseIp, parseIpRange } from './ip-range.ts'
import type { Comparison } from './model.ts'

export const ipAddress: Comparison = {
  reads: 'text',
  compile: (values) => {
    const ranges = values.map(parseIpRange).filter((range) => range !== undefined)
    return (found) => {
      const address = parseIp(found)
      return address !== undefined && ranges.some((range) => isInRange(address, range))
    }
  },
}
