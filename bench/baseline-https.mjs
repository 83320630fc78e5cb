// Baseline: bare node:https that reads and parses the body and answers as many bytes as a review of three containers takes. Prints its port.
// Words: certificate file, key file.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'

const [cert, key] = process.argv.slice(2).map((path) => readFileSync(path))
const answer = 'x'.repeat(2600)
const server = createServer({ cert, key }, (request, response) => {
  const parts = []
  request.on('data', (part) => parts.push(part))
  request.on('end', () => {
    const review = JSON.parse(Buffer.concat(parts).toString('utf8'))
    if (review.request === undefined) throw new Error('no review')
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': answer.length })
    response.end(answer)
  })
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
