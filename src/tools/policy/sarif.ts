import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Finding, FindingLocation, FindingType } from '../../standards/policy-findings/index.ts'
import type { PolicyReport } from './validate.ts'

/**
 * Findings as code scanners exchange them.
 * @param version of openirsa
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function renderSarif(reports: readonly PolicyReport[], version: string): string {
  const rules = rulesOf(reports)
  const places = new Map(rules.map(({ id }, index) => [id, index]))
  const run = {
    tool: {
      driver: {
        name: 'openirsa',
        semanticVersion: version,
        informationUri: 'https://www.npmjs.com/package/openirsa',
        rules,
      },
    },
    // The unit in which our columns count.
    columnKind: 'utf16CodeUnits',
    results: reports.flatMap(({ policy, findings }) =>
      findings.map((finding) => ({ ...resultOf(policy, finding), ruleIndex: places.get(finding.issueCode) })),
    ),
  }
  return JSON.stringify(
    { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] },
    undefined,
    2,
  )
}

const LEVELS = {
  ERROR: 'error',
  SECURITY_WARNING: 'warning',
  WARNING: 'warning',
  SUGGESTION: 'note',
} as const satisfies Record<FindingType, 'error' | 'warning' | 'note'>

function rulesOf(reports: readonly PolicyReport[]) {
  const first = new Map(reports.flatMap(({ findings }) => findings.map((one) => [one.issueCode, one] as const)))
  return [...first.values()].map(({ issueCode, findingType, learnMore }) => ({
    id: issueCode,
    shortDescription: { text: wordsOf(issueCode) },
    helpUri: learnMore,
    defaultConfiguration: { level: LEVELS[findingType] },
    properties: { findingType },
  }))
}

/** `MISSING_ARN_FIELD` in words. */
function wordsOf(issueCode: string): string {
  const words = issueCode.toLowerCase().replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function resultOf(policy: string, { issueCode, findingType, message, detail, locations }: Finding) {
  const [first, ...more] = locations
  const uri = uriOf(policy)
  return {
    ruleId: issueCode,
    level: LEVELS[findingType],
    message: { text: detail === undefined ? message : `${message} ${detail}` },
    locations: first === undefined ? [] : [locationOf(uri, first)],
    // SPEC: §3.27.12: several `locations` would mean that the finding is at all of them at once only.
    ...(more.length === 0
      ? {}
      : { relatedLocations: more.map((location, id) => ({ id, ...locationOf(uri, location) })) }),
  }
}

function locationOf(uri: string, { path, line, column }: FindingLocation) {
  return {
    physicalLocation: { artifactLocation: { uri }, region: { startLine: line, startColumn: column } },
    ...(path === '' ? {} : { logicalLocations: [{ fullyQualifiedName: path }] }),
  }
}

/** A path relative to where one is stays so: scanners read it from the root of the sources. */
function uriOf(policy: string): string {
  if (policy === '-') return 'stdin'
  if (isAbsolute(policy)) return pathToFileURL(policy).href
  return policy.split(/[\\/]/).map(encodeURIComponent).join('/')
}
