import { type Partition, PolicyError } from '../../core/index.ts'
import {
  identityFaultWords,
  type NamedPolicy,
  type PolicyDocument,
  parsePolicyDocument,
} from '../../standards/policy/index.ts'
import { OrganizationError, type Path } from './errors.ts'
import { mintPolicyId } from './ids.ts'
import { readList, readMembers, readText } from './members.ts'

export type ControlKind = 'service-control' | 'resource-control'

/** Reads the policies that are attached at one level. */
export interface PolicyShelf {
  /** `attachedTo`: the level, in words. @throws OrganizationError */
  attached(
    kind: ControlKind,
    written: unknown,
    place: { readonly path: Path; readonly attachedTo: string },
  ): readonly NamedPolicy[]
}

interface ShelfParts {
  readonly organizationId: string
  readonly managementAccount: string
  readonly partition: Partition
  readonly readPolicy: (file: string) => string
}

/** What AWS attaches by itself at every level. @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html */
const OF_AWS = {
  'service-control': { name: 'FullAWSAccess', text: fullAccess({}) },
  'resource-control': { name: 'RCPFullAWSAccess', text: fullAccess({ Principal: '*' }) },
} as const satisfies Record<ControlKind, { readonly name: string; readonly text: string }>

const WORDS = {
  'service-control': 'service control policy',
  'resource-control': 'resource control policy',
} as const satisfies Record<ControlKind, string>

const SHAPE = { known: ['name', 'document', 'file'], required: ['name'] } as const

/** One organization's policies: a name stands for one document wherever it is attached. */
export function createPolicyShelf(parts: ShelfParts): PolicyShelf {
  const documents = new Map<string, PolicyDocument>()
  const full = {
    'service-control': parsePolicyDocument(OF_AWS['service-control'].text, 'service-control'),
    'resource-control': parsePolicyDocument(OF_AWS['resource-control'].text, 'resource-control'),
  }
  const ofAws = (kind: ControlKind): NamedPolicy => ({
    name: OF_AWS[kind].name,
    arn: `arn:${parts.partition}:organizations::aws:policy/${typeWord(kind)}/p-${OF_AWS[kind].name}`,
    document: full[kind],
  })
  const own = (kind: ControlKind, written: unknown, path: Path): NamedPolicy => {
    const { name, text, where } = readPolicy(written, path, parts.readPolicy)
    if (name === OF_AWS['service-control'].name || name === OF_AWS['resource-control'].name)
      throw new OrganizationError([...path, 'name'], `\`${name}\` is AWS's own policy: list its name alone`)
    const key = `${kind} ${name}`
    const known = documents.get(key)
    if (known !== undefined && known.text !== text)
      throw new OrganizationError([...path, 'name'], `the ${WORDS[kind]} \`${name}\` has another document elsewhere`)
    const document = known ?? parseControl(kind, text, { name, path, where })
    documents.set(key, document)
    const { partition, managementAccount, organizationId } = parts
    const id = mintPolicyId(organizationId, kind, name)
    const arn = `arn:${partition}:organizations::${managementAccount}:policy/${organizationId}/${typeWord(kind)}/${id}`
    return { name, arn, document }
  }
  return {
    attached: (kind, written, { path, attachedTo }) => {
      const named = readList(written, path).map((one, at) => {
        if (typeof one !== 'string') return own(kind, one, [...path, at])
        if (one === OF_AWS[kind].name) return ofAws(kind)
        throw new OrganizationError(
          [...path, at],
          `expected \`${OF_AWS[kind].name}\`, or a policy: name, document or file`,
        )
      })
      const all = settle(kind, { named, isWritten: written !== undefined, ofAws: ofAws(kind), path })
      return all.map((policy) => ({ ...policy, name: `${policy.name}, attached to ${attachedTo}` }))
    },
  }
}

interface Attached {
  readonly named: readonly NamedPolicy[]
  readonly isWritten: boolean
  readonly ofAws: NamedPolicy
  readonly path: Path
}

/** SPEC: RCPFullAWSAccess cannot be detached; of the service control policies one at least stays attached. */
function settle(kind: ControlKind, { named, isWritten, ofAws, path }: Attached): readonly NamedPolicy[] {
  if (kind === 'resource-control') return [ofAws, ...named.filter(({ name }) => name !== ofAws.name)]
  if (!isWritten) return [ofAws]
  // Everybody below would be locked out, and that is never what was meant by leaving a line out.
  if (!named.some(({ document }) => document.statements.some(({ effect }) => effect === 'Allow')))
    throw new OrganizationError(path, 'these policies allow nothing at all', {
      hint: `list \`${ofAws.name}\` beside them, or a policy with an Allow`,
    })
  return named
}

interface WrittenPolicy {
  readonly name: string
  readonly text: string
  /** For messages: the file that the document came from; undefined for one that stands in place. */
  readonly where: string | undefined
}

function readPolicy(written: unknown, path: Path, readFile: (file: string) => string): WrittenPolicy {
  const { name: writtenName, document, file } = readMembers(written, path, SHAPE)
  const name = readText(writtenName, [...path, 'name'])
  if (!/^[\u0020-\u007e]{1,128}$/.test(name))
    throw new OrganizationError([...path, 'name'], 'expected a name of at most 128 characters of ASCII')
  if ((document === undefined) === (file === undefined))
    throw new OrganizationError(path, `the policy \`${name}\` needs either \`document\` or \`file\``)
  if (file === undefined) return { name, text: JSON.stringify(document), where: undefined }
  const where = readText(file, [...path, 'file'])
  return { name, text: readFile(where), where }
}

function parseControl(
  kind: ControlKind,
  text: string,
  { name, path, where }: { readonly name: string; readonly path: Path; readonly where: string | undefined },
): PolicyDocument {
  try {
    return parsePolicyDocument(text, kind)
  } catch (failure) {
    if (!(failure instanceof PolicyError)) throw failure
    const place = where === undefined ? [...path, 'document', ...stepsOf(failure.where)] : [...path, 'file']
    const at = `${where === undefined ? '' : ` of \`${where}\``}${failure.where === '' ? '' : ` at ${failure.where}`}`
    throw new OrganizationError(
      place,
      `the ${WORDS[kind]} \`${name}\`${at}: ${identityFaultWords(failure)} (${failure.message})`,
      { cause: failure },
    )
  }
}

/** SPEC: RFC 6901 §4 */
function stepsOf(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step))
}

function typeWord(kind: ControlKind): string {
  return `${kind.replace('-', '_')}_policy`
}

function fullAccess(principal: object): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', ...principal, Action: '*', Resource: '*' }],
  })
}
