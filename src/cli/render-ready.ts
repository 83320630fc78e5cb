import type { Terminal } from './terminal.ts'

interface Ready {
  readonly facts: {
    readonly endpoint: string
    readonly httpsEndpoint: string
    readonly issuer: string
    readonly account: string
    readonly region: string
  }
  readonly dataDirectory: string
  readonly demo?:
    | {
        readonly serviceAccount: string
        readonly roleArn: string
        readonly bucket: string
        readonly allowedKey: string
      }
    | undefined
}

/** What people see when the circle is up: where it is, and what to type next. */
export function renderReady({ facts, dataDirectory, demo }: Ready, terminal: Terminal): string {
  const lines = [
    `${terminal.paint('green', '√')} issuer     ${facts.issuer}`,
    `${terminal.paint('green', '√')} endpoint   ${facts.endpoint}  ${facts.httpsEndpoint}`,
    `${terminal.paint('green', '√')} account    ${facts.account}  region ${facts.region}`,
    `${terminal.paint('green', '√')} data       ${dataDirectory}`,
  ]
  if (demo !== undefined)
    lines.push(`${terminal.paint('green', '√')} demo       service account ${demo.serviceAccount} → ${demo.roleArn}`)
  lines.push(
    '',
    'next, in another terminal:',
    '  eval "$(openirsa env)"                                    AWS tools as administrator',
  )
  if (demo !== undefined)
    lines.push(
      `  openirsa run --service-account ${demo.serviceAccount} -- aws s3 cp s3://${demo.bucket}/${demo.allowedKey} -`,
    )
  return lines.join('\n')
}
