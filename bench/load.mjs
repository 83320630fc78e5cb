// Keeps a number of connections busy with one and the same request, one at a time on each, for so many seconds; over bare sockets, so that
// the client costs little. Prints {perSecond, p50, p99} (milliseconds) as JSON. It is a process of its own: server and client share no loop.
import { connect } from 'node:net'
import { readFileSync } from 'node:fs'

const [port, connections, seconds, requestFile, wantedStatus] = process.argv.slice(2)
const request = readFileSync(requestFile)
const until = performance.now() + Number(seconds) * 1000
const started = performance.now()
const took = []

function run() {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1').setNoDelay(true)
    let [kept, sentAt] = [Buffer.alloc(0), 0]
    const send = () => {
      sentAt = performance.now()
      socket.write(request)
    }
    socket.on('connect', send)
    socket.on('error', reject)
    socket.on('data', (part) => {
      kept = kept.length === 0 ? part : Buffer.concat([kept, part])
      const head = kept.indexOf('\r\n\r\n')
      if (head < 0) return
      const text = kept.toString('latin1', 0, head)
      const length = Number(/content-length: *(\d+)/i.exec(text)?.[1])
      if (!Number.isInteger(length)) return reject(new Error(`an answer without length: ${text}`))
      if (kept.length < head + 4 + length) return
      if (!text.startsWith(`HTTP/1.1 ${wantedStatus} `)) return reject(new Error(kept.toString('utf8').slice(0, 600)))
      kept = Buffer.alloc(0)
      took.push(performance.now() - sentAt)
      if (performance.now() < until) return send()
      socket.destroy()
      resolve()
    })
  })
}

await Promise.all(Array.from({ length: Number(connections) }, run))
took.sort((one, other) => one - other)
const at = (share) => Number(took[Math.floor(took.length * share)].toFixed(2))
console.log(JSON.stringify({ perSecond: Math.round(took.length / ((performance.now() - started) / 1000)), p50: at(0.5), p99: at(0.99) }))
