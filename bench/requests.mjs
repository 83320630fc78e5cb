// Requests as bytes, made without anything of openirsa: the bench measures the server, with nothing of it in the client.
import { createHash, createHmac } from 'node:crypto'

const EXCHANGE = {
  Action: 'AssumeRoleWithWebIdentity',
  Version: '2011-06-15',
  RoleArn: 'arn:aws:iam::000000000000:role/orders',
  RoleSessionName: 'bench',
}
const FORM_TYPE = 'application/x-www-form-urlencoded; charset=utf-8'
const IDENTITY = { Action: 'GetCallerIdentity', Version: '2011-06-15' }

export const exchangeForm = (token) => ({ ...EXCHANGE, WebIdentityToken: token })
export const exchangeRequest = (port, token) => post(port, exchangeForm(token))

/** GetCallerIdentity, signed with Signature Version 4 over content type, host, date and session token. */
export function identityRequest(port, { accessKeyId, secretAccessKey, sessionToken }) {
  const hmac = (key, text) => createHmac('sha256', key).update(text).digest()
  const sha256 = (text) => createHash('sha256').update(text).digest('hex')
  const date = new Date().toISOString().replaceAll(/[-:]|\.\d{3}/g, '')
  const scope = `${date.slice(0, 8)}/us-east-1/sts/aws4_request`
  const signed = {
    'content-type': FORM_TYPE,
    host: `127.0.0.1:${port}`,
    'x-amz-date': date,
    'x-amz-security-token': sessionToken,
  }
  const names = Object.keys(signed).join(';')
  const headers = Object.entries(signed).map(([name, value]) => `${name}:${value}`)
  const canonical = ['POST', '/', '', ...headers, '', names, sha256(bodyOf(IDENTITY))].join('\n')
  const key = scope.split('/').reduce(hmac, `AWS4${secretAccessKey}`)
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`).toString('hex')
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`
  return post(port, IDENTITY, {
    'X-Amz-Date': date,
    'X-Amz-Security-Token': sessionToken,
    Authorization: authorization,
  })
}

const bodyOf = (form) => new URLSearchParams(form).toString()

function post(port, form, more = {}) {
  const body = bodyOf(form)
  const headers = {
    Host: `127.0.0.1:${port}`,
    'Content-Type': FORM_TYPE,
    'Content-Length': Buffer.byteLength(body),
    ...more,
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST / HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}
