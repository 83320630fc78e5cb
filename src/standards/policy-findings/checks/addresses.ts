import { eachCondition, when } from '../each.ts'
import { isPrivate, maskedRange, parseRange } from '../ip-range.ts'
import type { Check, CheckTable } from '../model.ts'

/** Addresses and ranges of them. */
export const ADDRESS_CHECKS = {
  TYPE_MISMATCH_IP_RANGE: {
    type: 'WARNING',
    message:
      'The condition operator {{operator}} is used with an invalid IP range value. Specify the IP range in standard CIDR format.',
    find: eachCondition(function* find({ form, operator, values }) {
      if (form?.family !== 'IpAddress') return
      for (const { text, path } of values)
        yield* when(parseRange(text) === undefined && !text.includes('${'), { at: path, values: { operator } })
    }),
  },
  IMPROVE_IP_RANGE: {
    type: 'SUGGESTION',
    message: 'The non-zero bits in the IP address after the masked bits are ignored. Replace address with {{addr}}.',
    find: eachCondition(function* find({ form, values }) {
      if (form?.family !== 'IpAddress') return
      for (const { text, path } of values) {
        const range = parseRange(text)
        const addr = range === undefined ? undefined : maskedRange(range)
        if (addr !== undefined) yield { at: path, values: { addr } }
      }
    }),
  },
  PRIVATE_IP_ADDRESS: {
    type: 'ERROR',
    message:
      'aws:SourceIp works only for public IP address ranges. The values for condition key aws:SourceIp include only private IP addresses and will not have the desired effect. Update the value to include only public IP addresses.',
    find: privateSources('IpAddress', 'all'),
  },
  PRIVATE_NOTIPADDRESS: {
    type: 'ERROR',
    message:
      'The values for condition key aws:SourceIp include only private IP addresses and has no effect. aws:SourceIp works only for public IP address ranges. Update the value to include only public IP addresses.',
    find: privateSources('NotIpAddress', 'all'),
  },
  PRIVATE_IP_ADDRESS_SUBSET: {
    type: 'SUGGESTION',
    message:
      'The values for condition key aws:SourceIp include a mix of private and public IP addresses. The private addresses will not have the desired effect. aws:SourceIp works only for public IP address ranges. To define permissions for private IP ranges, use aws:VpcSourceIp.',
    find: privateSources('IpAddress', 'some'),
  },
  PRIVATE_NOTIPADDRESS_SUBSET: {
    type: 'SUGGESTION',
    message:
      'The values for condition key aws:SourceIp include a mix of private and public IP addresses. The private addresses have no effect. aws:SourceIp works only for public IP address ranges. To define permissions for private IP ranges, use aws:VpcSourceIp.',
    find: privateSources('NotIpAddress', 'some'),
  },
} as const satisfies CheckTable

function privateSources(operator: 'IpAddress' | 'NotIpAddress', share: 'all' | 'some'): Check['find'] {
  return eachCondition(function* find({ form, key, path, values }) {
    if (form?.name !== operator || key.toLowerCase() !== 'aws:sourceip') return
    const privates = values.filter(({ text }) => {
      const range = parseRange(text)
      return range !== undefined && isPrivate(range)
    })
    const isAll = privates.length === values.length
    if (privates.length > 0 && isAll === (share === 'all')) yield { at: path }
  })
}
