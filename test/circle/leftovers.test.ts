import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeWithApiServer, describeWithNode, eventually, startControlPlane, startNode } from './harness/index.ts'
import { clearLeftovers, NAME } from './harness/leftovers.ts'
import { openLoopback } from './harness/place.ts'
import { waitingPod } from './harness/pods.ts'
import { containersOf, groupsOf, stateOfMachine, tracesOf } from './harness/traces.ts'

const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(1)

describeWithNode('of a node with pods', () => {
  test('nothing is left when it has been stopped', async () => {
    const before = stateOfMachine()
    const node = await startNode()
    const { name } = node.place
    await node.kubectl.apply(waitingPod('one'), waitingPod('two'))
    await eventually('two running pods', async () => {
      const { items } = await node.kubectl.get('pods')
      return items.every(({ status }: { status: { phase: string } }) => status.phase === 'Running')
    })
    // It can be seen while it is there: what is asked below can fail.
    const containers = containersOf(name)
    expect(tracesOf(name).length).toBeGreaterThan(5)
    expect(groupsOf(containers).length).toBeGreaterThan(3)
    const began = performance.now()
    await node.stop()
    console.log(`note: a node with two pods gone after ${seconds(began)} s`)
    expect(tracesOf(name)).toEqual([])
    expect(groupsOf(containers)).toEqual([])
    expect(stateOfMachine()).toEqual(before)
  })

  test('nothing is left when whoever started it is killed', async () => {
    const before = stateOfMachine()
    const starter = spawn(process.execPath, [join(import.meta.dirname, 'harness/start-and-wait.mjs')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const name = String((await once(starter.stdout, 'data'))[0]).trim()
    const containers = containersOf(name)
    expect(tracesOf(name).length).toBeGreaterThan(5)
    const began = performance.now()
    starter.kill('SIGKILL')
    await eventually('the end of its traces', () => tracesOf(name).length === 0)
    console.log(`note: a node whose test was killed gone after ${seconds(began)} s`)
    expect(groupsOf(containers)).toEqual([])
    expect(stateOfMachine()).toEqual(before)
  })

  test('nothing is left when it cannot be started', async () => {
    const starting = startNode({ apiServerFlags: ['--no-such-flag'] })
    await expect(starting).rejects.toThrow('kube-apiserver has ended')
    const ours = spawnSync('ls', [tmpdir()], { encoding: 'utf8' }).stdout.split('\n')
    expect(ours.filter((entry) => entry.startsWith(`${NAME}${process.pid}-`))).toEqual([])
  })
})

describeWithApiServer('of an API server', () => {
  test('nothing is left when it has been stopped', async () => {
    const cluster = await startControlPlane()
    expect(tracesOf(cluster.place.name).length).toBeGreaterThan(2)
    const began = performance.now()
    await cluster.stop()
    console.log(`note: an API server gone after ${seconds(began)} s`)
    expect(tracesOf(cluster.place.name)).toEqual([])
  })

  test('what a run left that was killed with its warden is cleared before the next one starts', async () => {
    // A process that has ended, and one of the same number that began at another time.
    const { pid: ended } = spawnSync('true')
    const left = [`${NAME}${ended}-1`, `${NAME}${process.pid}-999`].map((name) => join(tmpdir(), name))
    for (const directory of left) {
      mkdirSync(join(directory, 'etcd'), { recursive: true })
      writeFileSync(join(directory, 'owner'), '1')
    }
    const running = await openLoopback()
    expect(left.filter((directory) => existsSync(directory))).toEqual([])
    // One that runs is let be.
    await clearLeftovers()
    expect(existsSync(running.directory)).toBe(true)
    await running.close()
  })
})
