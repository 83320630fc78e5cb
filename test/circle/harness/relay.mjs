// Runs in a node's network and carries connections of the test, which is outside, to addresses in it: `HOST PORT\n`, then bytes both ways.
import { connect, createServer } from 'node:net'

const server = createServer({ allowHalfOpen: true }, (outside) => {
  outside.on('error', () => undefined)
  outside.once('readable', () => {
    // One write of the test, far smaller than a buffer: it comes in one piece, maybe with more behind it.
    const first = outside.read() ?? Buffer.alloc(0)
    const end = first.indexOf('\n')
    const [host, port] = first.subarray(0, end).toString().split(' ')
    const inside = connect({ host, port: Number(port), allowHalfOpen: true })
    inside.on('error', () => outside.destroy())
    inside.on('close', () => outside.destroy())
    outside.on('close', () => inside.destroy())
    inside.write(first.subarray(end + 1))
    outside.pipe(inside).pipe(outside)
  })
})
server.listen(process.argv[2], () => console.log('ready'))
