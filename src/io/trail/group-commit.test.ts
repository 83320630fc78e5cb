import { describe, expect, it } from 'vitest'
import { StoreError } from '../../core/index.ts'
import { createGroupCommit } from './group-commit.ts'

const turn = () => new Promise((resume) => setImmediate(resume))
const isShared = (failure: unknown): boolean => failure instanceof StoreError && failure.reason === 'unavailable'

describe('group commit', () => {
  it('what arrives in one turn is one commit, in the order of arrival', async () => {
    const groups: (readonly number[])[] = []
    const group = createGroupCommit<number>(async (entries) => void groups.push(entries), isShared)
    await Promise.all([1, 2, 3].map((entry) => group.add(entry)))
    await group.add(4)
    expect(groups).toEqual([[1, 2, 3], [4]])
  })

  it('nothing resolves before its commit has', async () => {
    let finish: () => void = () => undefined
    const promise = new Promise<void>((resolve) => {
      finish = resolve
    })
    const group = createGroupCommit<number>(() => promise, isShared)
    let isDurable = false
    const adding = group.add(1).then(() => {
      isDurable = true
    })
    for (let at = 0; at < 5; at += 1) await turn()
    expect(isDurable).toBe(false)
    finish()
    await adding
    expect(isDurable).toBe(true)
  })

  it('what arrives during a commit waits for the next one; one commit runs at a time', async () => {
    const groups: (readonly number[])[] = []
    let running = 0
    const group = createGroupCommit<number>(async (entries) => {
      running += 1
      expect(running).toBe(1)
      groups.push(entries)
      await turn()
      await turn()
      running -= 1
    }, isShared)
    const all = [group.add(1)]
    await turn()
    all.push(group.add(2), group.add(3))
    await Promise.all(all)
    expect(groups).toEqual([[1], [2, 3]])
  })

  it('a burst is cut into groups, so that the event loop is not held', async () => {
    const sizes: number[] = []
    const group = createGroupCommit<number>(async (entries) => void sizes.push(entries.length), isShared)
    await Promise.all(Array.from({ length: 600 }, (_, at) => group.add(at)))
    expect(sizes).toEqual([8, 256, 256, 80])
  })

  it('an entry that cannot be written costs the others nothing but a few commits', async () => {
    let commits = 0
    const written: number[] = []
    const group = createGroupCommit<number>(async (entries) => {
      commits += 1
      if (entries.includes(77)) throw new StoreError('conflict', 'conflict')
      written.push(...entries)
    }, isShared)
    const outcomes = await Promise.allSettled(Array.from({ length: 200 }, (_, at) => group.add(at)))
    expect(outcomes.flatMap(({ status }, at) => (status === 'rejected' ? [at] : []))).toEqual([77])
    expect(written.toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 200 }, (_, at) => at).filter((at) => at !== 77),
    )
    expect(commits).toBeLessThan(20)
  })

  it('a failure that is everybody’s is told to all at once, and the next group is tried', async () => {
    let commits = 0
    const group = createGroupCommit<number>(async () => {
      commits += 1
      if (commits === 1) throw new StoreError('unavailable', 'the disk is full')
    }, isShared)
    const outcomes = await Promise.allSettled([1, 2, 3].map((entry) => group.add(entry)))
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(commits).toBe(1)
    await group.add(4)
    expect(commits).toBe(2)
  })

  it('more than can be written soon is refused at once, and what waits is still written', async () => {
    let written = 0
    const group = createGroupCommit<number>(async (entries) => {
      written += entries.length
    }, isShared)
    const outcomes = await Promise.allSettled(Array.from({ length: 20_018 }, (_, at) => group.add(at)))
    // Eight are being written when the others come.
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused).toHaveLength(10)
    expect(refused[0]).toMatchObject({ reason: { code: 'STORE', reason: 'unavailable' } })
    expect(written).toBe(20_008)
  })
})
