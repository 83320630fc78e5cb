// Sends one and the same request over a number of kept-alive TLS connections for so many seconds, over bare sockets, so that the client costs
// little. Without a rate each connection sends its next request when it has its answer; with one, requests are due at even distances, go to
// whichever connection is free, and their time counts from when they were due. What the first second does is not counted.
// Prints {perSecond, p50, p99} (milliseconds) and how many answers there were in all, as JSON. It is a process of its own: server and client share no loop.
import { readFileSync } from 'node:fs'
import { connect } from 'node:tls'

const WARM_UP_MILLISECONDS = 1000
const [port, connections, seconds, requestFile, rate] = process.argv.slice(2)
const request = readFileSync(requestFile)
const took = []
let [counted, until, answers] = [0, 0, 0]

function openConnection(onAnswer) {
  return new Promise((resolve, reject) => {
    // What is measured is the server: who it is was seen by whoever started it.
    const socket = connect({
      port: Number(port),
      host: '127.0.0.1',
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
    })
    let kept = Buffer.alloc(0)
    let isDone = false
    const connection = {
      dueAt: 0,
      send: (dueAt) => {
        connection.dueAt = dueAt
        socket.write(request)
      },
      end: () => {
        isDone = true
        socket.destroy()
      },
    }
    const fail = (failure) => {
      if (isDone) return
      console.error(failure)
      process.exit(1)
    }
    socket.on('secureConnect', () => resolve(connection))
    socket.on('error', fail)
    socket.on('close', () => fail(new Error('the server closed a connection that was to be kept')))
    socket.on('data', (part) => {
      kept = kept.length === 0 ? part : Buffer.concat([kept, part])
      const length = answerLength(kept)
      if (length === undefined) return
      if (!kept.subarray(0, 13).toString('latin1').startsWith('HTTP/1.1 200 '))
        fail(new Error(kept.toString('utf8').slice(0, 600)))
      kept = kept.subarray(length)
      const now = performance.now()
      answers += 1
      if (now >= counted && now < until) took.push(now - connection.dueAt)
      onAnswer(connection, now)
    })
    socket.setTimeout(20_000, () => reject(new Error('a connection stood still')))
  })
}

/** Of the answer that stands at the beginning, once all of it is there; chunked ones too, since Go's servers send those. */
function answerLength(bytes) {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = bytes.toString('latin1', 0, end)
  const body = /content-length: *(\d+)/i.exec(head)?.[1]
  if (body !== undefined) return bytes.length < end + 4 + Number(body) ? undefined : end + 4 + Number(body)
  if (!/transfer-encoding: *chunked/i.test(head)) throw new Error(`an answer without length: ${head}`)
  const last = bytes.indexOf('\r\n0\r\n\r\n', end)
  return last < 0 ? undefined : last + 7
}

function begin() {
  counted = performance.now() + WARM_UP_MILLISECONDS
  until = counted + Number(seconds) * 1000
}

async function runClosed() {
  let open = Number(connections)
  let finish
  const finished = new Promise((resolve) => {
    finish = resolve
  })
  const all = await Promise.all(
    Array.from({ length: open }, () =>
      openConnection((connection, now) => {
        if (now < until) return connection.send(now)
        connection.end()
        open -= 1
        if (open === 0) finish()
      }),
    ),
  )
  begin()
  for (const connection of all) connection.send(performance.now())
  await finished
}

async function runSteady() {
  const free = []
  const waiting = []
  const all = await Promise.all(
    Array.from({ length: Number(connections) }, () =>
      openConnection((connection) => {
        const dueAt = waiting.shift()
        if (dueAt === undefined) free.push(connection)
        else connection.send(dueAt)
      }),
    ),
  )
  free.push(...all)
  begin()
  let next = performance.now()
  while (next < until) {
    const now = performance.now()
    for (; next <= now; next += 1000 / Number(rate)) {
      const connection = free.shift()
      if (connection === undefined) waiting.push(next)
      else connection.send(next)
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await new Promise((resolve) => setTimeout(resolve, 200))
  for (const connection of all) connection.end()
}

await (rate === undefined ? runClosed() : runSteady())
took.sort((one, other) => one - other)
const at = (share) => Number((took[Math.floor(took.length * share)] ?? 0).toFixed(2))
console.log(
  JSON.stringify({ perSecond: Math.round(took.length / Number(seconds)), p50: at(0.5), p99: at(0.99), answers }),
)
