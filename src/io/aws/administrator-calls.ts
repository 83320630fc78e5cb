import { createHash } from 'node:crypto'
import { type Clock, ConfigError, type HttpHead, Secret, splitTarget } from '../../core/index.ts'
import { signRequest } from '../../standards/sigv4/index.ts'
import { type InstallationFacts, readAdministrators } from '../installation/index.ts'
import { type AwsAnswer, type Sent, send } from './wire.ts'

/** An S3 request: `target` is path and query, already encoded. */
export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT'
  readonly target: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Calls of AWS's APIs as the administrator of the first account, signed and sent to the installation's own endpoint like anybody's. */
export interface AdministratorCalls {
  iam(action: string, parameters: Readonly<Record<string, string>>): Promise<AwsAnswer>
  /** Asks IAM for JSON, as it answers who accepts nothing else; `code` is the empty string when it was allowed. */
  readIam(
    action: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<{ readonly code: string; readonly body: string }>
  s3(request: S3Request): Promise<AwsAnswer>
  /** A question to EKS: path and query, already encoded. */
  readEks(target: string): Promise<AwsAnswer>
}

const FORM = 'application/x-www-form-urlencoded; charset=utf-8'
const IAM_VERSION = '2010-05-08'

/** @throws ConfigError when the data directory holds no administrator of the account */
export async function createAdministratorCalls(
  facts: InstallationFacts,
  { dataDirectory, clock }: { readonly dataDirectory: string; readonly clock: Clock },
): Promise<AdministratorCalls> {
  const administrator = (await readAdministrators(dataDirectory)).find(({ account }) => account === facts.account)
  if (administrator === undefined) throw new ConfigError(`the account \`${facts.account}\` has no administrator`)
  const credentials = {
    accessKeyId: administrator.accessKeyId,
    secretAccessKey: new Secret(administrator.secretAccessKey),
  }
  const call = (service: string, { method, target, headers = {}, body = '' }: Sent): Promise<AwsAnswer> => {
    const bodySha256 = createHash('sha256').update(body).digest('hex')
    const own = Object.entries({ host: new URL(facts.endpoint).host, ...headers })
    const head: HttpHead = { method, ...splitTarget(target), headers: own }
    const scope = { region: facts.region, service }
    const signed = signRequest(head, { credentials, scope, now: clock.now(), bodySha256 })
    return send({ endpoint: facts.endpoint }, { method, target, headers: Object.fromEntries(signed), body })
  }
  const askIam = (action: string, parameters: Readonly<Record<string, string>>, accept: string) => {
    const body = new URLSearchParams({ Action: action, Version: IAM_VERSION, ...parameters }).toString()
    return call('iam', { method: 'POST', target: '/', headers: { 'Content-Type': FORM, Accept: accept }, body })
  }
  return {
    iam: (action, parameters) => askIam(action, parameters, '*/*'),
    readIam: async (action, parameters) => {
      const { status, code, text } = await askIam(action, parameters, 'application/json')
      const refused = /"Code":"([\w.]+)"/.exec(text)?.[1]
      return { code: status < 300 ? '' : (refused ?? code), body: text }
    },
    s3: (wanted) => call('s3', wanted),
    readEks: (target) => call('eks', { method: 'GET', target, headers: { Accept: 'application/json' } }),
  }
}
