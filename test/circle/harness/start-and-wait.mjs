// Starts a node with a pod and waits to be killed, as a test is whose runner is stopped: prints the name of the run when the pod runs.
import '../../../scripts/load-typescript.mjs'

const [{ startNode }, { eventually }, { waitingPod }] = await Promise.all([
  import('./node.ts'),
  import('./eventually.ts'),
  import('./pods.ts'),
])
const node = await startNode()
await node.kubectl.apply(waitingPod('waits'))
await eventually('the pod', async () => (await node.kubectl.get('pod', 'waits')).status.phase === 'Running')
console.log(node.place.name)
setInterval(() => undefined, 60_000)
