// Keeps a number of connections busy with one and the same request, one at a time on each, for so many seconds; over bare sockets, so that
// the client costs little. What the first fifteen seconds do is not counted: V8 compiles for about so long. Prints {perSecond, p50, p99}
// (milliseconds) as JSON.
// It is a process of its own: server and client share no loop.
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'

const WARM_UP_MILLISECONDS = 15_000
const [port, connections, seconds, requestFile, wantedStatus] = process.argv.slice(2)
const request = readFileSync(requestFile)
const counted = performance.now() + WARM_UP_MILLISECONDS
const until = counted + Number(seconds) * 1000
const took = []

function run() {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1').setNoDelay(true)
    let kept = Buffer.alloc(0)
    let sentAt = 0
    const send = () => {
      sentAt = performance.now()
      socket.write(request)
    }
    socket.on('connect', send)
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the server closed a connection that was to be kept')))
    socket.on('data', (part) => {
      kept = kept.length === 0 ? part : Buffer.concat([kept, part])
      const answer = wholeAnswer(kept)
      if (answer === undefined) return
      if (!answer.head.startsWith(`HTTP/1.1 ${wantedStatus} `))
        return reject(new Error(kept.toString('utf8').slice(0, 600)))
      kept = kept.subarray(answer.length)
      const now = performance.now()
      if (now >= counted && now < until) took.push(now - sentAt)
      if (now < until) return send()
      socket.removeAllListeners('close').destroy()
      resolve()
    })
  })
}

/** Head and length of the answer that stands at the beginning, once all of it is there. */
function wholeAnswer(bytes) {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = bytes.toString('latin1', 0, end)
  const body = Number(/content-length: *(\d+)/i.exec(head)?.[1])
  if (!Number.isInteger(body)) throw new Error(`an answer without length: ${head}`)
  const length = end + 4 + body
  return bytes.length < length ? undefined : { head, length }
}

await Promise.all(Array.from({ length: Number(connections) }, run))
took.sort((one, other) => one - other)
const at = (share) => Number((took[Math.floor(took.length * share)] ?? 0).toFixed(2))
console.log(JSON.stringify({ perSecond: Math.round(took.length / Number(seconds)), p50: at(0.5), p99: at(0.99) }))
