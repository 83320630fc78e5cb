import { describe, expect, it } from 'vitest'
import { type GuardOptions, planGuard } from './index.ts'
import { parseLabelSelector } from './label-selector.ts'

const DEFAULTS: GuardOptions = { selector: '', excludedNamespaces: [], annotationPrefix: 'eks.amazonaws.com' }
const plan = (options: Partial<GuardOptions> = {}) => {
  const [policy, binding, ...more] = planGuard({ ...DEFAULTS, ...options })
  expect(more).toEqual([])
  // biome-ignore lint/suspicious/noExplicitAny: two kinds of objects
  return { policy: policy as any, binding: binding as any }
}

describe('the guard', () => {
  it('fails closed, for every service account, when no selector is given', () => {
    const { policy, binding } = plan()
    expect(policy.spec.failurePolicy).toBe('Fail')
    expect(policy.spec.paramKind).toEqual({ apiVersion: 'v1', kind: 'ServiceAccount' })
    expect(binding.spec).toEqual({
      policyName: 'openirsa-webhook-guard',
      validationActions: ['Deny'],
      paramRef: { selector: {}, parameterNotFoundAction: 'Deny' },
    })
  })

  it('lets namespaces be in which nothing is selected', () => {
    expect(plan({ selector: 'team=shop' }).binding.spec.paramRef).toEqual({
      selector: { matchExpressions: [{ key: 'team', operator: 'In', values: ['shop'] }] },
      parameterNotFoundAction: 'Allow',
    })
  })

  it('leaves alone what the webhook leaves alone: the skip label, namespaces excluded, mirrors of static pods', () => {
    const { matchConstraints, matchConditions } = plan({ excludedNamespaces: ['kube-system'] }).policy.spec
    expect(matchConstraints.objectSelector.matchExpressions[0].operator).toBe('DoesNotExist')
    expect(matchConstraints.namespaceSelector.matchExpressions[0].values).toEqual(['kube-system'])
    expect(matchConditions[0].expression).toContain('kubernetes.io/config.mirror')
  })

  it('reads the annotations of the domain that is given, and of no text that could leave its string', () => {
    expect(JSON.stringify(plan({ annotationPrefix: 'irsa.example.com' }))).not.toContain('eks.amazonaws.com/role-arn')
    for (const annotationPrefix of ["a' || 'b", 'a/b', '', 'A', "'"])
      expect(() => plan({ annotationPrefix })).toThrow(/cannot be the domain of annotations/)
    expect(() => plan({ excludedNamespaces: ['A'] })).toThrow(/cannot be a namespace/)
  })
})

describe('a selector', () => {
  it.each([
    ['', {}],
    ['a', [{ key: 'a', operator: 'Exists' }]],
    ['!a', [{ key: 'a', operator: 'DoesNotExist' }]],
    ['a=b', [{ key: 'a', operator: 'In', values: ['b'] }]],
    ['a == b', [{ key: 'a', operator: 'In', values: ['b'] }]],
    ['a=', [{ key: 'a', operator: 'In', values: [''] }]],
    ['example.com/a!=b', [{ key: 'example.com/a', operator: 'NotIn', values: ['b'] }]],
    [
      'a in (b, c), d notin (e),!f',
      [
        { key: 'a', operator: 'In', values: ['b', 'c'] },
        { key: 'd', operator: 'NotIn', values: ['e'] },
        { key: 'f', operator: 'DoesNotExist' },
      ],
    ],
  ])('`%s` is read as kubectl reads it', (text, wanted) => {
    expect(parseLabelSelector(text)).toEqual(Array.isArray(wanted) ? { matchExpressions: wanted } : wanted)
  })

  it.each([',', 'a,', 'a b', 'a=b=c', 'a in b', 'a in (b', '-a', 'a/b/c', 'A_B/c d', 'a=b!', "a='b'"])(
    '`%s` is refused',
    (text) => {
      expect(() => parseLabelSelector(text)).toThrow(/selects nothing: expected/)
    },
  )
})
