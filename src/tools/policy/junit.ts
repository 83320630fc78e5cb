import type { PolicyTestResult } from './run-tests.ts'

/** JUnit's XML, as CI systems read it: one suite a file, one failure with its words a case that failed. */
export function renderJunit(
  results: readonly PolicyTestResult[],
  describe: (result: PolicyTestResult) => string,
): string {
  const files = [...new Set(results.map(({ file }) => file))]
  const suites = files.map((file) =>
    renderSuite(
      file,
      results.filter((one) => one.file === file),
      describe,
    ),
  )
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="openirsa policy test" ${countsOf(results)}>`,
    ...suites,
    '</testsuites>',
  ].join('\n')
}

function renderSuite(
  file: string,
  results: readonly PolicyTestResult[],
  describe: (result: PolicyTestResult) => string,
): string {
  const cases = results.map((result) => {
    const head = `    <testcase name="${escapeXml(result.name)}" classname="${escapeXml(file)}" file="${escapeXml(file)}" line="${result.line}"`
    if (result.passed) return `${head}/>`
    const message = escapeXml(`expected ${result.expected}, came to ${result.outcome}`)
    return `${head}>\n      <failure message="${message}">${escapeXml(describe(result))}</failure>\n    </testcase>`
  })
  return [`  <testsuite name="${escapeXml(file)}" ${countsOf(results)}>`, ...cases, '  </testsuite>'].join('\n')
}

const countsOf = (results: readonly PolicyTestResult[]): string =>
  `tests="${results.length}" failures="${results.filter(({ passed }) => !passed).length}" errors="0"`

/** XML 1.0 has no way to write most control characters: they become what stands for the unreadable. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly the ones to replace
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu

function escapeXml(text: string): string {
  return text
    .replace(UNWRITABLE, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
}
