import { X509Certificate } from 'node:crypto'
import { type Instant, instant, OpenirsaError, Secret } from '../../core/index.ts'
import type { ServerCertificate } from '../../io/http/index.ts'
import { KubeError, RESOURCES } from '../../io/kube/index.ts'
import {
  type ConfigurationCopy,
  findConfiguration,
  findSecret,
  patchBundles,
  ROTATE_ANNOTATION,
  replaceSecret,
  type SecretCopy,
} from './cluster-copy.ts'
import type { CertificateCondition, SelfManagedCertificates, SelfManagedOptions } from './model.ts'
import { performStep } from './perform.ts'
import { planStep, refuseUnsoundLives } from './plan.ts'
import { bundleOf, type CertificateState, phaseOf } from './state.ts'

/** Replicas that meet at the Secret try again; who still fails waits for the next look. */
const MOST_ATTEMPTS = 8
/** A founding is two steps, an expired authority three; more would be a circle. */
const MOST_STEPS = 4
/** After a failure, rather than after the whole interval. */
const RETRY_SECONDS = 2

/**
 * Keeps the webhook's own authority and certificate in a Secret, and the `caBundle` of its configuration in step with them.
 * Replicas agree by the Secret's resourceVersion: there is one authority, though many start together. It begins at once; `current` is
 * undefined until the first look has ended well.
 * @throws ConfigError when the lives are too short for their renewal
 */
export function createSelfManagedCertificates(options: SelfManagedOptions): SelfManagedCertificates {
  refuseUnsoundLives(options.lives)
  const { log, lives } = options
  const listeners = new Set<(certificate: ServerCertificate) => void>()
  let shown: { readonly pem: string; readonly certificate: ServerCertificate } | undefined
  let condition: CertificateCondition = { phase: 'steady', isTrusted: false }
  let looking: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  let isOutdated = false

  const show = ({ server }: CertificateState): void => {
    if (server === undefined || server.cert === shown?.pem) return
    const certificate = { certificate: server.cert, key: new Secret(server.key) }
    shown = { pem: server.cert, certificate }
    log.info({ notAfter: new X509Certificate(server.cert).validTo }, 'the serving certificate is in use')
    for (const listener of listeners) listener(certificate)
  }
  const look = async (): Promise<void> => {
    try {
      const { state, fault } = await settle(options)
      show(state)
      condition = conditionOf(state, options.clock.now(), fault)
      if (fault !== undefined) log.warn({ reason: fault }, 'the certificate is not trusted yet')
    } catch (failure) {
      const fault = wordsOf(failure)
      condition = { ...condition, fault }
      log.warn({ reason: fault }, 'the certificate could not be looked after; what is known stays in use')
    }
  }
  const refresh = (): Promise<void> => {
    looking ??= look().finally(() => {
      looking = undefined
      if (isOutdated) noticeChange()
      else schedule()
    })
    return looking
  }
  // What changes while somebody looks may have been missed.
  const noticeChange = (): void => {
    isOutdated = looking !== undefined
    if (looking === undefined && !isClosed) void refresh()
  }
  const schedule = (): void => {
    clearTimeout(timer)
    if (isClosed) return
    const wait = condition.fault === undefined ? lives.intervalSeconds : Math.min(RETRY_SECONDS, lives.intervalSeconds)
    timer = setTimeout(() => void refresh(), wait * 1000)
    timer.unref()
  }
  const follower = followConfiguration(options, noticeChange)
  void refresh()
  return {
    current: () => shown?.certificate,
    onChange: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    condition: () => condition,
    refresh,
    close: async () => {
      isClosed = true
      clearTimeout(timer)
      await Promise.all([follower.close(), looking])
    },
  }
}

interface Settled {
  readonly state: CertificateState
  /** The certificate is there, but API servers cannot be told to trust it. */
  readonly fault?: string
}

async function settle(options: SelfManagedOptions): Promise<Settled> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await settleOnce(options)
    } catch (failure) {
      // A refused `test` of a JSON patch is `invalid`: somebody else was first, too.
      const isRace = failure instanceof KubeError && (failure.reason === 'conflict' || failure.reason === 'invalid')
      if (!isRace || attempt === MOST_ATTEMPTS) throw failure
    }
  }
}

/**
 * INVARIANT: the configuration is read before the Secret. Whoever then patches the configuration as it was read knows at least as new a
 * Secret as whoever wrote it last: a late replica cannot take a new authority away again.
 */
async function settleOnce(options: SelfManagedOptions): Promise<Settled> {
  const configuration = await findConfiguration(options)
  const secret = await findSecret(options)
  if (secret === undefined) throw new MissingError(`there is no Secret \`${options.namespace}/${options.secretName}\``)
  for (const key of secret.damaged) options.log.warn({ key }, 'what the Secret holds is damaged, and made anew')
  const state = await advance(options, secret, configuration)
  if (configuration === undefined || configuration.bundles.size === 0)
    return {
      state,
      fault: `no MutatingWebhookConfiguration \`${options.configurationName}\` calls the Service \`${options.namespace}/${options.serviceName}\``,
    }
  const bundle = bundleOf(state)
  if ([...configuration.bundles.values()].every((known) => known === bundle)) return { state }
  await patchBundles(options, configuration, bundle)
  options.log.info({ phase: phaseOf(state) }, 'API servers are told which authorities to trust')
  return { state }
}

/** Takes every step that is due, and writes the Secret once. */
async function advance(
  options: SelfManagedOptions,
  secret: SecretCopy,
  configuration: ConfigurationCopy | undefined,
): Promise<CertificateState> {
  const { hosts, lives, clock, randomness, log } = options
  const now = clock.now()
  const isNextTrusted = isTrusted(configuration, secret.state.next?.cert)
  const taken: string[] = []
  let { state } = secret
  for (let wish = secret.wish; taken.length < MOST_STEPS; wish = undefined) {
    const step = planStep(state, { now, hosts, lives, isNextTrusted, ...(wish === undefined ? {} : { wish }) })
    if (step === undefined) break
    state = await performStep(state, step, { now, hosts, lives, randomness })
    taken.push(step)
  }
  if (taken.length === 0 && secret.wish === undefined) return state
  await replaceSecret(options, secret, state)
  log.info({ steps: taken, ...(secret.wish && { [ROTATE_ANNOTATION]: secret.wish }) }, 'the Secret has been written')
  return state
}

function isTrusted(configuration: ConfigurationCopy | undefined, cert: string | undefined): boolean {
  if (configuration === undefined || cert === undefined || configuration.bundles.size === 0) return false
  return [...configuration.bundles.values()].every((bundle) => bundle.includes(cert))
}

function conditionOf(state: CertificateState, seenAt: Instant, fault: string | undefined): CertificateCondition {
  const endOf = (pem: string): Instant => instant(Date.parse(new X509Certificate(pem).validTo))
  return {
    phase: phaseOf(state),
    isTrusted: fault === undefined,
    seenAt,
    ...(fault === undefined ? {} : { fault }),
    ...(state.server === undefined ? {} : { expiresAt: endOf(state.server.cert) }),
    ...(state.authority === undefined ? {} : { authorityExpiresAt: endOf(state.authority.cert) }),
  }
}

/** Whoever changes the configuration, applying the manifest anew for one, is noticed at once. */
function followConfiguration({ kube, configurationName }: SelfManagedOptions, onChange: () => void) {
  return kube.follow(RESOURCES.mutatingWebhookConfigurations, {
    fieldSelector: `metadata.name=${configurationName}`,
    keep: ({ metadata }) => metadata.resourceVersion,
    onChange,
  })
}

class MissingError extends OpenirsaError {
  readonly code = 'WEBHOOK_CERTIFICATES'

  constructor(message: string) {
    super(message, { hint: 'apply the manifest again: the webhook may not create it' })
  }
}

function wordsOf(failure: unknown): string {
  if (failure instanceof OpenirsaError)
    return [failure.message, failure.hint].filter((part) => part !== undefined).join(': ')
  return failure instanceof Error ? failure.message : String(failure)
}
