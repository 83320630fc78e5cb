import { describe, expect, it } from 'vitest'
import {
  isNamespaceName,
  isObjectName,
  parseAccountId,
  parseArn,
  parseRegion,
  parseServiceAccountRef,
  partitionOf,
  renderArn,
  subjectOf,
} from './names.ts'

describe('names', () => {
  it('an ARN comes back as it was written', () => {
    const text = 'arn:aws:iam::111122223333:role/team:a/orders'
    const parts = parseArn(text)
    expect(parts).toEqual({
      partition: 'aws',
      service: 'iam',
      region: '',
      account: '111122223333',
      resource: 'role/team:a/orders',
    })
    expect(renderArn(parts!)).toBe(text)
  })

  it.each(['', 'arn', 'arn:aws:iam::1', 'arn:aws:iam::1:', 'urn:aws:iam::1:x', 'arn::iam::1:x', 'arn:aws:::1:x'])(
    '`%s` is no ARN',
    (text) => {
      expect(parseArn(text)).toBeUndefined()
    },
  )

  it('an account is twelve digits', () => {
    expect(parseAccountId('000000000000')).toBe('000000000000')
    for (const text of ['', '1', '00000000000a', '0000000000000', ' 00000000000', '000000000000\n'])
      expect(parseAccountId(text)).toBeUndefined()
  })

  it('a region belongs to its partition', () => {
    expect(['us-east-1', 'cn-north-1', 'us-gov-west-1'].map((text) => partitionOf(parseRegion(text)!))).toEqual([
      'aws',
      'aws-cn',
      'aws-us-gov',
    ])
    for (const text of ['', 'US-EAST-1', 'useast1', 'us-east-', 'us-east-1\n', 'us-east-1/..'])
      expect(parseRegion(text)).toBeUndefined()
  })

  it('a service account is a namespace and a name of Kubernetes', () => {
    expect(parseServiceAccountRef('shop/orders.v1')).toEqual({ namespace: 'shop', name: 'orders.v1' })
    expect(subjectOf({ namespace: 'shop', name: 'orders' })).toBe('system:serviceaccount:shop:orders')
    for (const text of [
      'orders',
      '/orders',
      'shop/',
      'a/b/c',
      'Shop/orders',
      'shop/or:ders',
      'sh.op/orders',
      'shop/-a',
      'shop/a\n',
    ]) {
      expect(parseServiceAccountRef(text), text).toBeUndefined()
    }
  })

  it('names have the lengths of RFC 1123', () => {
    expect([63, 64].map((length) => isNamespaceName('a'.repeat(length)))).toEqual([true, false])
    expect([253, 254].map((length) => isObjectName('a'.repeat(length)))).toEqual([true, false])
  })
})
