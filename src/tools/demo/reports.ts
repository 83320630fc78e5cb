import { expectThat } from './errors.ts'

/** One line of the program: what it tried, and how that went. */
export interface Report {
  readonly call: string
  readonly allowed: boolean
  readonly accessKeyId?: string
  readonly expiration?: string
  readonly arn?: string
  readonly text?: string
  readonly code?: string
  readonly message?: string
  readonly denial?: string
}

/** By call. */
export type Reports = ReadonlyMap<string, Report>

/** @throws DemoError for a line that is no report */
export function parseReports(printed: string): Reports {
  const lines = printed.split('\n').filter((line) => line !== '')
  return new Map(lines.map(parseReport).map((report) => [report.call, report]))
}

function parseReport(line: string): Report {
  const found = readJson(line)
  const isReport = typeof found === 'object' && found !== null && 'call' in found && 'allowed' in found
  expectThat(isReport, 'what the program printed', line)
  return found as Report
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // No JSON is no report, and its reader says so.
    return undefined
  }
}
