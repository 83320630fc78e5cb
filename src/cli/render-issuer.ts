import type { IssuerFacts, PublishOutcomes, Recipe, Verification } from '../tools/issuer/index.ts'
import { printable } from './printable.ts'
import { renderTable } from './render-table.ts'
import type { Terminal } from './terminal.ts'

type Paint = Pick<Terminal, 'paint'>

const WORDS = {
  pass: ['green', 'ok  '],
  warn: ['yellow', 'warn'],
  fail: ['red', 'FAIL'],
  unknown: ['yellow', '?   '],
} as const

const VERDICTS = {
  yes: 'AWS STS would accept tokens of this issuer',
  no: 'AWS STS would not accept tokens of this issuer',
  unknown: 'whether AWS STS would accept tokens of this issuer cannot be told from here',
} as const

/** One check a line, the way out below those that are not well, the verdict last. */
export function renderVerification({ checks, verdict }: Verification, { paint }: Paint): string {
  const lines = checks.flatMap(({ name, state, found, hint }) => {
    const [colour, word] = WORDS[state]
    return [
      `${paint(colour, word)}  ${name.padEnd(17)}  ${printable(found)}`,
      ...(hint === undefined || state === 'pass' ? [] : [`      ${' '.repeat(17)}  way out: ${printable(hint)}`]),
    ]
  })
  return [...lines, '', VERDICTS[verdict]].join('\n')
}

/** What an issuer shows, as plain data. */
export async function factsForPrograms(facts: IssuerFacts) {
  const { publishedMembers, servedCertificates } = await import('../tools/issuer/index.ts')
  const { discovery, jwks, jwksUri } = facts
  const chain = servedCertificates(discovery)
  const failures = [discovery, ...(jwks === undefined ? [] : [jwks])].flatMap((answer) =>
    'failure' in answer ? [answer.failure.message] : [],
  )
  return {
    issuer: facts.issuer,
    discoveryUrl: facts.discoveryUrl,
    discovery: 'failure' in discovery ? undefined : discovery.json,
    jwksUri,
    keys: publishedMembers(jwks),
    chain,
    /** That of the last certificate sent: what IAM would keep. */
    thumbprint: chain.at(-1)?.thumbprint,
    trustedByTrustStore: 'failure' in discovery ? undefined : discovery.fetched.connection === 'IAMTrustStore',
    failures,
  }
}

/** The same for people. */
export function renderFacts(facts: Awaited<ReturnType<typeof factsForPrograms>>, { paint }: Paint): string {
  const { discovery, keys, chain, thumbprint, trustedByTrustStore, failures } = facts
  const members = Object.entries(discovery ?? {}).map(([name, value]) => `  ${printable(name)}  ${printable(value)}`)
  return [
    paint('bold', printable(facts.issuer)),
    '',
    `discovery  ${printable(facts.discoveryUrl)}`,
    ...members,
    '',
    `keys       ${facts.jwksUri === undefined ? 'none named' : printable(facts.jwksUri)}`,
    ...(keys.length === 0
      ? []
      : [
          indent(
            renderTable([
              ['KEY', 'TYPE', 'ALG', 'USABLE'],
              ...keys.map((key) => [
                printable(key.keyId),
                printable(key.keyType),
                printable(key.algorithm),
                key.isUsable ? 'yes' : 'no',
              ]),
            ]),
          ),
        ]),
    '',
    `chain      ${trustedByTrustStore === undefined ? 'not seen' : trustedByTrustStore ? 'trusted by the trust store: thumbprints are not asked for' : 'not trusted by the trust store: AWS asks for the thumbprint'}`,
    ...chain.map((each) => `  ${each.thumbprint}  until ${each.notAfter}  ${printable(each.subject)}`),
    ...(thumbprint === undefined ? [] : [`thumbprint ${thumbprint}   (of the last certificate that the server sends)`]),
    ...failures.map((failure) => `${paint('red', 'failed')}     ${printable(failure)}`),
  ].join('\n')
}

const indent = (text: string): string => text.replaceAll(/^/gm, '  ')

/** What was done where. */
export function renderPublished(outcomes: PublishOutcomes): string {
  return outcomes
    .flatMap(({ target, documents, keyIds }) => [
      ...documents.map(({ path, change }) => `${change.padEnd(9)}  ${printable(target)}  ${path}`),
      `read back, and equal: ${keyIds.length} key${keyIds.length === 1 ? '' : 's'}`,
    ])
    .join('\n')
}

/** Files, flags, restart and the way back, one after the other. */
export function renderRecipe({ title, files, steps, back }: Recipe): string {
  return [
    title,
    ...files.flatMap(({ path, note, text }) => [
      '',
      `--- ${path}${note === undefined ? '' : `   (${note})`}`,
      text.trimEnd(),
    ]),
    '',
    'Then:',
    ...steps.map((step, at) => `  ${at + 1}. ${step}`),
    '',
    'The way back:',
    ...back.map((step, at) => `  ${at + 1}. ${step}`),
  ].join('\n')
}
