import { actionsOf, loadWholeCatalogue } from '../../cloud/catalogue/index.ts'
import { type Instant, parseArn, type ServiceAccountRef, subjectOf } from '../../core/index.ts'
import { recordOf, textOf } from '../../io/aws/index.ts'
import { fateOf, type RecordedCall, readCall } from './recorded-call.ts'
import { type Need, needsOf, prefixOf } from './recorded-needs.ts'

/** Whose calls count; what is absent lets every call through, and all that is given must hold. */
export interface CallFilter {
  /** Name or ARN of the role whose sessions called. */
  readonly role?: string
  readonly user?: string
  /** Sessions that this service account got for its token; their exchanges must be among the records. */
  readonly serviceAccount?: ServiceAccountRef
  readonly since?: Instant
}

export interface GenerateOptions extends CallFilter {
  /** Objects of one bucket that an action names one by one; beyond that it names what their keys begin with. */
  readonly maxResources: number
  /** Calls that were denied are taken in as if they had been allowed. */
  readonly denied: 'leave-out' | 'take-in'
}

export interface GeneratedStatement {
  readonly Effect: 'Allow'
  readonly Action: readonly string[]
  readonly Resource: readonly string[]
}

export interface GeneratedPolicy {
  /** Without statements when no call matched that needs a permission. */
  readonly document: { readonly Version: '2012-10-17'; readonly Statement: readonly GeneratedStatement[] }
  /** What was denied and left out. */
  readonly denied: readonly Need[]
  /** Whatever the document allows beyond the calls, and what of them it does not. */
  readonly notes: readonly string[]
}

/** The least policy that allows the recorded calls. The same records give the same document, in whatever order they come. */
export async function generatePolicy(events: readonly unknown[], options: GenerateOptions): Promise<GeneratedPolicy> {
  const calls = events.flatMap((event) => readCall(event) ?? [])
  const isMeant = filterOf(options, calls)
  const wanted = calls.filter((call) => isMeant(call) && fateOf(call) !== 'unrecognised')
  const isForeign = wanted.some((call) => actionsOf(prefixOf(call)).length === 0)
  const whole = isForeign ? await loadWholeCatalogue() : undefined
  const notes: string[] = []
  const [allowed, denied]: [Need[], Need[]] = [[], []]
  for (const call of wanted) {
    const found = needsOf(call, whole)
    if (found === undefined) continue
    const isLeftOut = fateOf(call) === 'denied' && options.denied === 'leave-out'
    for (const need of found.needs) (isLeftOut ? denied : allowed).push(need)
    if (!isLeftOut) notes.push(...found.notes)
  }
  const { resources, notes: said } = summarise(resourcesByAction(allowed), options.maxResources)
  return {
    document: { Version: '2012-10-17', Statement: statementsOf(resources) },
    denied: distinct(denied),
    notes: [...sorted(notes), ...said],
  }
}

function filterOf(filter: CallFilter, calls: readonly RecordedCall[]): (call: RecordedCall) => boolean {
  const { role, user, serviceAccount, since } = filter
  const keys = serviceAccount === undefined ? undefined : keysOf(subjectOf(serviceAccount), calls)
  return ({ identity, time }) =>
    (since === undefined || time >= since) &&
    (role === undefined || isOfRole(identity, role)) &&
    (user === undefined || isUser(identity, user)) &&
    (keys === undefined || keys.has(textOf(identity.accessKeyId)))
}

type Identity = RecordedCall['identity']

function isOfRole({ sessionContext }: Identity, role: string): boolean {
  const { type, arn, userName } = recordOf(recordOf(sessionContext).sessionIssuer)
  return type === 'Role' && (parseArn(role) === undefined ? userName === role : arn === role)
}

function isUser({ type, userName, arn }: Identity, user: string): boolean {
  return type === 'IAMUser' && (parseArn(user) === undefined ? userName === user : arn === user)
}

/** Access keys of the sessions that were made for that subject. */
function keysOf(subject: string, calls: readonly RecordedCall[]): ReadonlySet<string> {
  const ofSubject = calls.filter(
    ({ eventName, identity, response }) =>
      eventName === 'AssumeRoleWithWebIdentity' &&
      (identity.userName === subject || response.subjectFromWebIdentityToken === subject),
  )
  const keys = ofSubject.map(({ response }) => textOf(recordOf(response.credentials).accessKeyId))
  return new Set(keys.filter((key) => key !== ''))
}

type ResourcesByAction = ReadonlyMap<string, readonly string[]>

function resourcesByAction(needs: readonly Need[]): ResourcesByAction {
  const found = new Map<string, Set<string>>()
  for (const { action, resource } of needs) found.set(action, (found.get(action) ?? new Set()).add(resource))
  return new Map(sorted(found.keys()).map((action) => [action, sorted(found.get(action) ?? [])]))
}

/** Too many objects of one bucket become what their keys begin with; each time it is said. */
function summarise(
  all: ResourcesByAction,
  most: number,
): { readonly resources: ResourcesByAction; readonly notes: readonly string[] } {
  const notes: string[] = []
  const shorten = (action: string, patterns: readonly string[]): readonly string[] => {
    const byBucket = groupBy(patterns, bucketOf)
    return [...byBucket].flatMap(([bucket, objects]) => {
      if (bucket === undefined || objects.length <= most) return objects
      const pattern = `${commonPrefix(objects)}*`
      notes.push(`${action}: ${objects.length} objects are more than ${most}; ${pattern} stands for them`)
      return [pattern]
    })
  }
  const resources = new Map([...all].map(([action, patterns]) => [action, sorted(shorten(action, patterns))]))
  return { resources, notes }
}

/** The bucket's ARN with a slash, for an object. */
function bucketOf(pattern: string): string | undefined {
  const slash = pattern.indexOf('/')
  return slash > 0 && parseArn(pattern)?.service === 's3' && pattern.includes(':::')
    ? pattern.slice(0, slash)
    : undefined
}

function commonPrefix(patterns: readonly string[]): string {
  const [first = '', ...more] = patterns
  let length = first.length
  for (const pattern of more) while (!pattern.startsWith(first.slice(0, length))) length -= 1
  // Half of an escape is none.
  return first.slice(0, length).replace(/\$(\{[*?$]?)?$/, '')
}

/** Actions with the same resources stand together. */
function statementsOf(all: ResourcesByAction): readonly GeneratedStatement[] {
  const groups = groupBy(all, ([, resources]) => JSON.stringify(resources))
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    return first === undefined
      ? []
      : [{ Effect: 'Allow', Action: group.map(([action]) => action), Resource: first[1] } as const]
  })
}

function distinct(needs: readonly Need[]): readonly Need[] {
  return [...resourcesByAction(needs)].flatMap(([action, resources]) =>
    resources.map((resource) => ({ action, resource })),
  )
}

function groupBy<Item, Name>(items: Iterable<Item>, nameOf: (item: Item) => Name): ReadonlyMap<Name, readonly Item[]> {
  const groups = new Map<Name, Item[]>()
  for (const item of items) {
    const group = groups.get(nameOf(item))
    if (group === undefined) groups.set(nameOf(item), [item])
    else group.push(item)
  }
  return groups
}

/** Each once, by code units: the same everywhere. */
const sorted = (texts: Iterable<string>): readonly string[] => [...new Set(texts)].sort()
