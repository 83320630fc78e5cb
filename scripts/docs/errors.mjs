// Pages of docs/errors: what a code is comes from CAUSES in the source, what helps with it from the texts in scripts/docs/errors.
import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('./errors/', import.meta.url)
const GENERATED =
  '<!-- Written by `npm run docs` from src/cloud/denials/causes.ts and scripts/docs/errors; edit those. -->'

/** What stands for each cause in scripts/docs/errors: `## name`, `> CODE STATUS sentence` or `> audit: sentence`, what it means, `### find`, `### fix`. */
export function readErrorTexts() {
  const texts = new Map()
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.md'))) {
    const sections = readFileSync(new URL(file, folder), 'utf8').split(/^## /m).slice(1)
    for (const section of sections) {
      const [name, ...lines] = section.split('\n')
      if (texts.has(name)) throw new Error(`scripts/docs/errors says ${name} twice`)
      texts.set(name, parseText(name, lines))
    }
  }
  return texts
}

function parseText(name, lines) {
  const said = lines.filter((line) => line.startsWith('> ')).map((line) => parseSaid(name, line))
  const [means, find, fix] = lines
    .filter((line) => !line.startsWith('> '))
    .join('\n')
    .split(/^### (?:find|fix)\n/m)
    .map((part) => part.trim())
  if (said.length === 0 || !means || !find || !fix) throw new Error(`scripts/docs/errors: ${name} lacks a part`)
  return { said, means, find, fix }
}

function parseSaid(name, line) {
  const [, audited] = /^> audit: (.+)$/.exec(line) ?? []
  if (audited !== undefined) return { code: 'openirsa trust check', sentence: audited }
  const [, code, status, sentence] = /^> (\w+) (\d{3}) (.+)$/.exec(line) ?? []
  if (sentence === undefined)
    throw new Error(`scripts/docs/errors: ${name}: expected \`> CODE STATUS sentence\`, found ${line}`)
  return { code, status, sentence }
}

const FOUND_BY_DENIAL =
  'The answer carries an id in its header `x-openirsa-denial`. `openirsa explain ID` shows, for that very call, what was wanted and what came.'
const FOUND_BY_AUDIT =
  'Nobody need have been refused: `openirsa trust check FILE`, or `--role NAME`, reads the policy and names the statement.'

/** One page: the sentence that the user saw stands on top, because that is what is searched for. */
export function errorPage({ code, name, rung, summary, fix }, { said, means, find, fix: more }, sameSentence) {
  const [first, ...others] = said
  const lines = [
    GENERATED,
    `# ${first.sentence}`,
    '',
    `\`${first.code}\`${first.status === undefined ? '' : `, HTTP ${first.status}`} · **${code} ${name}** · stopped at: ${rung}`,
    '',
    ...others.flatMap((other) => [`Also seen as \`${other.code}\` (${other.status}): ${other.sentence}`, '']),
    `**${summary}**`,
    '',
    '## What it means',
    '',
    means,
    '',
    '## How to find it',
    '',
    first.status === undefined ? FOUND_BY_AUDIT : FOUND_BY_DENIAL,
    '',
    find,
    '',
    '## The fix',
    '',
    `In short: ${fix}.`,
    '',
    more,
    '',
  ]
  if (sameSentence.length > 0)
    lines.push(
      '## The same sentence, another cause',
      '',
      ...sameSentence.map((other) => `- [${other.code} ${other.name}](${other.code}.md): ${other.summary}`),
      '',
    )
  return lines.join('\n')
}

/** Every page by its path, and the index of them. */
export function errorPages(causes, texts = readErrorTexts()) {
  const unknown = [...texts.keys()].filter((name) => !causes.some((cause) => cause.name === name))
  if (unknown.length > 0)
    throw new Error(`scripts/docs/errors has texts for causes that there are not: ${unknown.join(', ')}`)
  const textOf = ({ code, name }) => {
    const text = texts.get(name)
    if (text === undefined) throw new Error(`scripts/docs/errors has no text for ${code} ${name}`)
    return text
  }
  const sentenceOf = (cause) => textOf(cause).said[0].sentence
  const pages = new Map()
  for (const cause of causes) {
    const same = causes.filter((other) => other !== cause && sentenceOf(other) === sentenceOf(cause))
    pages.set(`docs/errors/${cause.code}.md`, errorPage(cause, textOf(cause), same))
  }
  pages.set('docs/errors/README.md', errorIndex(causes, textOf))
  return pages
}

function errorIndex(causes, textOf) {
  const rows = causes.map((cause) => {
    const { code, sentence } = textOf(cause).said[0]
    return `| [${cause.code}](${cause.code}.md) | ${cause.name} | ${cause.rung} | ${cause.summary} | \`${code}\`: ${sentence.replaceAll('|', '\\|')} |`
  })
  return [
    GENERATED,
    '# Reasons to be refused',
    '',
    'Callers get AWS’s sentence, which often fits many causes; `openirsa explain ID` names the one. Codes are never used again for something else.',
    '',
    '| code | name | stopped at | cause | what the caller sees |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}
