import { parseAccountId, parseRegion } from '../core/index.ts'
import type { OptionTable } from './model.ts'
import { asAccount, asAddress, asHostName, asOneOf, asPort, asRate, asRegion, asSwitch, asText } from './parsers.ts'

/** Options of `openirsa up`. From this table come flags, environment variables, file keys, help and the reference page. */
export const upOptions = {
  port: {
    name: 'port',
    placeholder: 'PORT',
    parse: asPort,
    fallback: 4566,
    summary: 'Port for HTTP and HTTPS; 0 picks a free one.',
    schema: { type: 'integer', minimum: 0, maximum: 65_535, examples: [4566, 0] },
  },
  listen: {
    name: 'listen',
    placeholder: 'ADDRESS',
    parse: asAddress,
    fallback: undefined,
    repeatable: true,
    summary: 'Further address to listen on beside 127.0.0.1; off loopback HTTPS only.',
    schema: { type: 'string', examples: ['192.0.2.7', '::1'] },
  },
  account: {
    name: 'account',
    placeholder: 'ACCOUNT',
    parse: asAccount,
    fallback: parseAccountId('000000000000'),
    repeatable: true,
    summary: 'AWS account of twelve digits; the first is the default one.',
    schema: { type: 'string', pattern: '^[0-9]{12}$', examples: ['111111111111'] },
  },
  region: {
    name: 'region',
    placeholder: 'REGION',
    parse: asRegion,
    fallback: parseRegion('us-east-1'),
    summary: 'Region of the installation.',
    schema: { type: 'string', examples: ['us-east-1', 'eu-central-1'] },
  },
  allowPrivateIssuer: {
    name: 'allow-private-issuer',
    placeholder: 'HOST',
    parse: asHostName,
    fallback: undefined,
    repeatable: true,
    summary: 'Host of an issuer that may be fetched although its address is private or loopback.',
    schema: { type: 'string', pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$', examples: ['issuer.internal'] },
  },
  organization: {
    name: 'organization',
    placeholder: 'PATH',
    parse: asText,
    fallback: undefined,
    summary: 'File of the organization: its accounts, service control policies and resource control policies.',
    schema: { type: 'string', examples: ['org.yaml'] },
  },
  stsRate: {
    name: 'sts-rate',
    placeholder: 'N',
    parse: asRate,
    fallback: undefined,
    summary: 'Most STS requests a second for each account; no limit by default.',
    schema: { type: 'integer', minimum: 1, maximum: 999_999, examples: [100] },
  },
  logLevel: {
    name: 'log-level',
    placeholder: 'LEVEL',
    parse: asOneOf('debug', 'info', 'warn', 'error'),
    fallback: 'warn' as const,
    summary: 'Least severe lines that go to stderr: debug, info, warn or error.',
    schema: { type: 'string', enum: ['debug', 'info', 'warn', 'error'], examples: ['info'] },
  },
  demo: {
    name: 'demo',
    parse: asSwitch,
    fallback: false,
    summary: 'Create provider, role, policy, bucket and the service account shop/orders to try things with.',
    schema: { type: 'boolean', examples: [true, false] },
  },
  detach: {
    name: 'detach',
    parse: asSwitch,
    fallback: false,
    summary: 'Return when ready and go on in the background.',
    schema: { type: 'boolean', examples: [true, false] },
  },
} as const satisfies OptionTable

/** Options that every command takes to find its installation. */
export const placeOptions = {
  dataDir: {
    name: 'data-dir',
    placeholder: 'DIR',
    parse: asText,
    fallback: undefined,
    summary: 'Directory of the installation; default $XDG_DATA_HOME/openirsa.',
    schema: { type: 'string', examples: ['/var/lib/openirsa'] },
  },
} as const satisfies OptionTable
