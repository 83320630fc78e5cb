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
  },
  listen: {
    name: 'listen',
    placeholder: 'ADDRESS',
    parse: asAddress,
    fallback: undefined,
    repeatable: true,
    summary: 'Further address to listen on beside 127.0.0.1; off loopback HTTPS only.',
  },
  account: {
    name: 'account',
    placeholder: 'ACCOUNT',
    parse: asAccount,
    fallback: parseAccountId('000000000000'),
    repeatable: true,
    summary: 'AWS account of twelve digits; the first is the default one.',
  },
  region: {
    name: 'region',
    placeholder: 'REGION',
    parse: asRegion,
    fallback: parseRegion('us-east-1'),
    summary: 'Region of the installation.',
  },
  allowPrivateIssuer: {
    name: 'allow-private-issuer',
    placeholder: 'HOST',
    parse: asHostName,
    fallback: undefined,
    repeatable: true,
    summary: 'Host of an issuer that may be fetched although its address is private or loopback.',
  },
  stsRate: {
    name: 'sts-rate',
    placeholder: 'N',
    parse: asRate,
    fallback: undefined,
    summary: 'Most STS requests a second for each account; no limit by default.',
  },
  logLevel: {
    name: 'log-level',
    placeholder: 'LEVEL',
    parse: asOneOf('debug', 'info', 'warn', 'error'),
    fallback: 'warn' as const,
    summary: 'Least severe lines that go to stderr: debug, info, warn or error.',
  },
  demo: {
    name: 'demo',
    parse: asSwitch,
    fallback: false,
    summary: 'Create provider, role, policy, bucket and the service account shop/orders to try things with.',
  },
  detach: {
    name: 'detach',
    parse: asSwitch,
    fallback: false,
    summary: 'Return when ready and go on in the background.',
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
  },
} as const satisfies OptionTable
