import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithNode, type Node, startNode } from './harness/index.ts'

describeWithNode('a node of the test', () => {
  let node: Node
  beforeAll(async () => {
    node = await startNode()
  })
  afterAll(() => node?.stop())

  test('is ready within seconds', async () => {
    console.log(`note: API server ready after ${(node.readyAfterMs / 1000).toFixed(1)} s`)
    console.log(`note: node ready after ${(node.nodeReadyAfterMs / 1000).toFixed(1)} s`)
    expect(await node.kubectl('get', 'nodes')).toMatch(/node1\s+Ready/)
  })
})
