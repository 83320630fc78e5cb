// Baseline: bare node:http that reads the body and answers as many bytes as GetCallerIdentity does. Prints its port.
import { createServer } from 'node:http'

const answer = 'x'.repeat(450)
const server = createServer((request, response) => {
  request.on('data', () => undefined)
  request.on('end', () => {
    response.writeHead(200, { 'Content-Type': 'text/xml', 'Content-Length': answer.length })
    response.end(answer)
  })
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
