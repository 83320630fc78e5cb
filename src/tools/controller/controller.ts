import { type Clock, renderServiceAccountRef, type ServiceAccountRef } from '../../core/index.ts'
import type { Log } from '../../io/host/index.ts'
import { type Change, type Kube, RESOURCES } from '../../io/kube/index.ts'
import type { Order, Outcome } from './model.ts'
import { tellOutcome } from './notice.ts'
import { isSameOrder, readOrder } from './order.ts'
import { bind, type Reconciled, unbind } from './reconcile.ts'
import { listOwners } from './sweep.ts'

export interface ControllerParts extends Reconciled {
  readonly kube: Kube
  readonly clock: Clock
  readonly log: Log
}

export interface Controller {
  /** Resolves when every order that is known has been looked at once. */
  settled(): Promise<void>
  close(): Promise<void>
}

/** Everything is looked at again so often: what was changed in AWS by hand, what failed, what was left by one that is gone. */
const AGAIN_MILLISECONDS = 5 * 60_000

/**
 * Binds each service account that asks for it, and takes back what it made for those that ask no more or are gone. One order
 * after the other: IAM allows few calls a second, and two changes of one role must not meet.
 */
export async function startController(parts: ControllerParts): Promise<Controller> {
  let queue: Promise<void> = Promise.resolve()
  let isClosed = false
  const enqueue = (work: () => Promise<void>): void => {
    queue = queue
      .then(() => (isClosed ? undefined : work()))
      .catch((failure: unknown) => parts.log.error({ failure }, 'an order could not be looked at'))
  }
  const follower = parts.kube.follow<Order>(RESOURCES.serviceAccounts, {
    keep: readOrder,
    isSame: isSameOrder,
    onChange: (change) => enqueue(() => follow(change, parts)),
  })
  const lookAtAll = (): void =>
    enqueue(async () => {
      await follower.synced()
      for (const order of [...follower.values.values()]) if (!isClosed) await settle(order, parts)
      await sweep(follower.values, parts)
    })
  lookAtAll()
  const timer = setInterval(lookAtAll, AGAIN_MILLISECONDS)
  timer.unref()
  await follower.synced()
  return {
    settled: () => queue,
    close: async () => {
      isClosed = true
      clearInterval(timer)
      await follower.close()
      await queue
    },
  }
}

async function follow({ before, now }: Change<Order>, parts: ControllerParts): Promise<void> {
  if (now !== undefined) return settle(now, parts)
  if (before !== undefined) await report(before, await unbind(before, parts, before.roleArn), parts)
}

async function settle(order: Order, parts: ControllerParts): Promise<void> {
  const outcome = await bind(order, parts)
  // What may not be asked for any more is not kept either.
  if (outcome.kind === 'refused') await unbind(order, parts)
  if (outcome.kind === 'bound' && outcome.changes === 0) return
  await report(order, outcome, parts)
}

/** Roles of service accounts that ask no more, from a time when nobody watched. */
async function sweep(known: ReadonlyMap<string, Order>, parts: ControllerParts): Promise<void> {
  const owners: readonly ServiceAccountRef[] = await listOwners(parts.cloud, parts.cluster)
  for (const owner of owners) {
    const key = renderServiceAccountRef(owner)
    if (known.has(key)) continue
    const outcome = await unbind(owner, parts)
    parts.log.info({ serviceAccount: key, outcome: outcome.kind }, 'a role was left over')
  }
}

async function report(order: Order, outcome: Outcome, { kube, clock, log }: ControllerParts): Promise<void> {
  const facts = { serviceAccount: renderServiceAccountRef(order), ...outcome }
  if (outcome.kind === 'failed' || outcome.kind === 'refused') log.warn(facts, 'an order was not done')
  else log.info(facts, 'an order was done')
  await tellOutcome(kube, order, { outcome, now: clock.now() })
}
