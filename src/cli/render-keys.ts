import type { KeyList, RetireOutcome, RotateOutcome } from '../tools/keys/index.ts'
import { printable } from './printable.ts'
import { renderTable } from './render-table.ts'
import { renderDistance } from './render-times.ts'

type Gates = RotateOutcome['closed']

/** The keys, where they are published, who signs; both times of each key. */
export function renderKeys({ issuer, mode, keys, publications, reports }: KeyList, now: number): string {
  const rows = keys.map((key) => [
    key.keyId,
    key.algorithm,
    key.state,
    key.origin,
    key.isPublished ? 'yes' : 'no',
    key.state === 'retiring' ? '-' : timeOf(key.signsFrom, now),
    key.state === 'retiring' ? timeOf(key.retiresAt, now) : '-',
  ])
  return [
    `${issuer}   (${mode === 'signer' ? 'external signer' : 'key files'})`,
    '',
    renderTable([['KEY', 'ALG', 'STATE', 'ORIGIN', 'PUBLISHED', 'SIGNS FROM', 'MAY GO AT'], ...rows]),
    ...keys.flatMap(({ keyId, waitsFor }) =>
      waitsFor.map(({ because }) => `  ${keyId.slice(0, 8)}… waits: ${printable(because)}`),
    ),
    ...(publications.length === 0
      ? []
      : [
          '',
          ...publications.map(
            ({ target, publishedAt }) => `published  ${printable(target)}  ${timeOf(publishedAt, now)}`,
          ),
        ]),
    ...reports.map(
      ({ instance, reportedAt, signsWith }) =>
        `signer     ${printable(instance)}  reported ${renderDistance(reportedAt, now)}, signs with ${signsWith ?? 'none'}`,
    ),
  ].join('\n')
}

function timeOf(at: number | undefined, now: number): string {
  if (at === undefined) return 'waits'
  return `${new Date(at).toISOString().slice(0, 19)}Z (${renderDistance(at, now)})`
}

interface Telling {
  readonly now: number
  readonly isDryRun: boolean
}

/** What a rotation did, and what comes next. */
export function renderRotated(outcome: RotateOutcome, { now, isDryRun }: Telling): string {
  const { keyId = '', step, mode, published } = outcome
  const renewed = published.length === 0 ? [] : [`published at ${published.map(printable).join(', ')}`]
  const restart =
    mode === 'files'
      ? ['restart every kube-apiserver, one after the other, then: openirsa keys rotate --restarted']
      : []
  const words = {
    add: isDryRun
      ? ['would make the next key and publish it']
      : [
          `made the next key ${keyId}; it signs nothing yet`,
          ...renewed,
          ...restart,
          'next: openirsa keys rotate, when `openirsa keys list` says that it may sign',
        ],
    wait: [`the next key ${keyId} may not sign yet`, ...renewed, ...gateLines(outcome.closed, outcome.opensAt, now)],
    noted: ['noted; no rotation is under way', ...renewed],
    activate: isDryRun
      ? [`would let ${keyId} sign`]
      : [
          `${keyId} signs from now on; the one before stays published until its last token has died`,
          ...renewed,
          ...restart,
          'next: openirsa keys retire, when `openirsa keys list` says that it may go',
        ],
  } as const satisfies Record<RotateOutcome['step'], readonly string[]>
  return words[step].join('\n')
}

/** What was taken out, and what had to stay. */
export function renderRetired({ retired, kept, published }: RetireOutcome, { now, isDryRun }: Telling): string {
  const lines = [
    ...retired.map((keyId) => (isDryRun ? `may go: ${keyId}` : `taken out: ${keyId}`)),
    ...(published.length === 0 ? [] : [`published at ${published.map(printable).join(', ')}`]),
    ...kept.flatMap(({ keyId, closed, opensAt }) => [`stays: ${keyId}`, ...gateLines(closed, opensAt, now)]),
  ]
  return lines.length === 0 ? 'no key is retiring' : lines.join('\n')
}

function gateLines(gates: Gates, at: number | undefined, now: number): readonly string[] {
  const times = at === undefined ? [] : [`  until ${timeOf(at, now)}`]
  return [...gates.map(({ because }) => `  waits: ${printable(because)}`), ...times]
}

/** The same for programs: times as ISO 8601, maps as objects. */
export function forPrograms(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, each]) => [key, isoOf(each)]))
  if (Array.isArray(value)) return value.map(forPrograms)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, /(At|From)$/.test(name) ? isoOf(each) : forPrograms(each)]),
  )
}

const isoOf = (at: unknown): unknown => (typeof at === 'number' ? new Date(at).toISOString() : forPrograms(at))
