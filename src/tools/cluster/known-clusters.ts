import { ConfigError, renderIsoSeconds, Secret } from '../../core/index.ts'
import { readKubeconfig } from '../../io/kube/index.ts'
import { type Entry, readBook, writeBook } from './book.ts'
import { readIssuer, readKeys } from './discovery.ts'
import { type ClusterKeys, createClusterKeys, type KeptKeys } from './keys.ts'
import { createLink, type Link } from './link.ts'
import type {
  ClusterHost,
  ClusterReference,
  ClusterStatus,
  ClusterWanted,
  KnownCluster,
  KnownClusters,
} from './model.ts'
import { createReviews } from './reviews.ts'

export interface KnownClustersParts {
  /** The file with the references. */
  readonly path: string
  /** Is the issuer one of this installation's own clusters, or was it? */
  readonly isOwnIssuer: (issuer: string) => boolean
  readonly host: ClusterHost
}

interface Known {
  readonly reference: ClusterReference
  readonly link: Link
  readonly keys: ClusterKeys
  readonly cluster: KnownCluster
  kept: KeptKeys | undefined
}

/**
 * Opens the clusters that were added before. None of their API servers has to answer for that: keys are fetched behind the scenes.
 * @throws ConfigError when the file is damaged
 */
export async function openKnownClusters(parts: KnownClustersParts): Promise<KnownClusters> {
  const known = new Map<string, Known>()
  const inTurn = createTurns()
  const write = (): Promise<void> => writeBook(parts.path, [...known.values()].map(entryOf))
  const open = ({ reference, keys: kept }: Entry): Known => {
    const made = openOne({ reference, kept }, parts.host, () => inTurn(write))
    known.set(reference.name, made)
    return made
  }
  for (const entry of await readBook(parts.path)) void open(entry).keys.refresh()
  return {
    find: (issuer) => [...known.values()].find(({ reference }) => reference.issuer === issuer)?.cluster,
    list: () => [...known.values()].map(statusOf),
    add: (wanted) =>
      inTurn(async () => {
        requireName(wanted.name, known)
        const entry = await readCluster(wanted, parts)
        requireIssuer(entry.reference.issuer, known, parts)
        const made = open(entry)
        await write()
        return statusOf(made)
      }),
    remove: (name) =>
      inTurn(async () => {
        const found = known.get(name)
        if (found === undefined)
          throw new ConfigError(`there is no cluster \`${name.slice(0, 100)}\``, {
            hint: 'see `openirsa cluster list`',
          })
        known.delete(name)
        await write()
        await closeOne(found)
        return found.reference
      }),
    close: async () => {
      await Promise.all([...known.values()].map(closeOne))
    },
  }
}

/** One after the other: two that write at once would lose one of them. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work)
    // Whoever asked for it is told of its failure; here it only has to be over before the next one begins.
    last = mine.catch(() => undefined)
    return mine
  }
}

function openOne(
  { reference, kept }: { readonly reference: ClusterReference; readonly kept: KeptKeys | undefined },
  host: ClusterHost,
  write: () => Promise<void>,
): Known {
  const { issuer, verifiesBoundObjects } = reference
  const link = createLink(reference, host)
  const keep = async (keys: KeptKeys): Promise<void> => {
    made.kept = keys
    await write()
  }
  const keys = createClusterKeys({ ...host, issuer, link, kept, keep })
  const reviews = createReviews({ ...host, link })
  const cluster: KnownCluster = {
    findKey: keys.find,
    ...(verifiesBoundObjects ? { confirm: reviews.confirm } : {}),
  }
  const made: Known = { reference, link, keys, cluster, kept }
  return made
}

async function closeOne({ keys, link }: Known): Promise<void> {
  keys.close()
  await link.close()
}

const entryOf = ({ reference, kept }: Known): Entry => ({ reference, ...(kept === undefined ? {} : { keys: kept }) })

const statusOf = ({ reference, keys }: Known): ClusterStatus => ({ ...reference, keys: keys.status() })

/** The installation's own cluster. */
const LOCAL = 'local'

function requireName(name: string, known: ReadonlyMap<string, Known>): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(name) || name === LOCAL)
    throw new ConfigError(`no cluster can be added as \`${name.slice(0, 100)}\``, {
      hint: 'choose a name of letters, digits, - and _, other than local',
    })
  if (known.has(name))
    throw new ConfigError(`there is a cluster \`${name}\` already`, {
      hint: `choose another name, or forget it first: openirsa cluster remove ${name}`,
    })
}

/** INVARIANT: one issuer's URL, one cluster; else a token of the one would be taken for one of the other. */
function requireIssuer(issuer: string, known: ReadonlyMap<string, Known>, { isOwnIssuer }: KnownClustersParts): void {
  const other = [...known.values()].find(({ reference }) => reference.issuer === issuer)?.reference.name
  if (other === undefined && !isOwnIssuer(issuer)) return
  const whose = other === undefined ? 'a cluster of this installation' : `the cluster \`${other}\``
  throw new ConfigError(
    `the issuer \`${issuer}\` is already that of ${whose}: tokens of the two could not be told apart`,
    {
      hint: `give this cluster an issuer of its own, kube-apiserver --service-account-issuer=https://… (kubeadm and kind: apiServer.extraArgs)${other === undefined ? '' : `, or forget the other: openirsa cluster remove ${other}`}`,
    },
  )
}

/** What the API server says of itself, before anything is kept. */
async function readCluster(wanted: ClusterWanted, { host }: KnownClustersParts): Promise<Entry> {
  const { kubeconfig, name, verifiesBoundObjects, account, audiences } = wanted
  const { context = '', trust } = await readKubeconfig({
    path: kubeconfig,
    ...(wanted.context === undefined ? {} : { context: wanted.context }),
  })
  const link = createLink({ kubeconfig, context }, host)
  try {
    const { issuer, jwks } = await link.use(async (kube) => {
      const found = await readIssuer(kube)
      const read = await readKeys(kube)
      // Whoever may not ask would be told at the first token, by a refusal.
      if (verifiesBoundObjects) await kube.reviewToken(new Secret('no-token'), { audiences: ['openirsa'] })
      return { issuer: found, jwks: read.jwks }
    })
    const now = host.clock.now()
    const addedAt = renderIsoSeconds(now)
    const serverIsVerified = trust.kind !== 'unverified'
    const reference = {
      name,
      kubeconfig,
      context,
      issuer,
      verifiesBoundObjects,
      serverIsVerified,
      account,
      audiences,
      addedAt,
    }
    return { reference, keys: { jwks, fetchedAt: now } }
  } finally {
    await link.close()
  }
}
