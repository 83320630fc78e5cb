import { describe, expect, it } from 'vitest'
import { ApiError } from '../../core/index.ts'
import { type ServiceName, serviceModel } from '../../standards/protocol/index.ts'
import type { Authentication, Service } from '../operation.ts'
import { rowOf } from './rows.ts'
import { createSwitchboard } from './switchboard.ts'

const service = (name: ServiceName, operation: string, authenticate: Authentication): Service => ({
  name,
  eventSource: `${name}.amazonaws.com`,
  model: serviceModel(name),
  operations: {
    [operation]: {
      authenticate,
      requires: async () => [],
      perform: async () => ({ output: {} }),
      trail: { category: 'Management', readOnly: true },
    },
  },
  refuse: () => new ApiError('AccessDenied', 403, 'no'),
  maxBodyBytes: 1024,
})

const sts = service('sts', 'AssumeRoleWithWebIdentity', {
  by: 'web-identity',
  token: () => ({ jwt: '', roleArn: '' }),
})
const iam = service('iam', 'GetUser', { by: 'sigv4' })
const s3 = service('s3', 'GetObject', { by: 'sigv4', orAnonymous: true })
const switchboard = createSwitchboard([sts, iam, s3])
const get = (query: string) => ({ method: 'GET', path: '/', query, headers: [['Host', 'x']] as const })

describe('an unsigned request without a form', () => {
  it('is of the service that has its action', () => {
    expect(switchboard.forUnsigned(get('Action=GetUser&Version=2010-05-08')).name).toBe('iam')
    expect(switchboard.forUnsigned(get('Action=AssumeRoleWithWebIdentity')).name).toBe('sts')
  })

  it('is of the service that answers unsigned calls when it names none', () => {
    expect(switchboard.forUnsigned(get('list-type=2')).name).toBe('s3')
  })

  it.each(['Action=%zz', 'Action=A&action=B', 'Action=%ff', 'Action=GetUser&Action=GetUser'])(
    'has somebody who words its refusal although its query cannot be read: %s',
    (query) => {
      expect(switchboard.forUnsigned(get(query)).name).toBe('sts')
    },
  )
})

describe('an operation that is not implemented', () => {
  it('leaves none of its parameters in the trail: a password may be among them', () => {
    const { trail } = rowOf(iam, 'CreateLoginProfile')
    expect(trail.requestParameters?.({ UserName: 'ann', Password: 'hunter2' })).toBeNull()
    expect(trail).toMatchObject({ category: 'Management', readOnly: false })
  })

  it('is refused to whoever shows nothing, and answered NotImplemented after its permission was asked for', async () => {
    const { requires, perform } = rowOf(iam, 'CreateLoginProfile')
    const call = { region: 'us-east-1' } as never
    await expect(requires({ UserName: 'ann' }, { kind: 'anonymous' }, call)).rejects.toMatchObject({ httpStatus: 403 })
    const user = { kind: 'iam-user', account: '111122223333' } as never
    expect(await requires({ UserName: 'ann' }, user, call)).toEqual([
      {
        action: 'iam:CreateLoginProfile',
        resource: 'arn:aws:iam::111122223333:user/ann',
        resourceAccount: '111122223333',
        onDeny: 'refuse',
      },
    ])
    await expect(perform(call, user, [])).rejects.toMatchObject({ code: 'NotImplemented', httpStatus: 501 })
  })
})
