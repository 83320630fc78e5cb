// docs/README.md: the index of the book, from the titles of its pages.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const GENERATED = "<!-- Written by `npm run docs` from the pages below docs; a page's first heading is its title. -->"
const PARTS = [
  ['start', 'Start', 'Walks from the first command to the last; every command in them is run by a test.'],
  ['concepts', 'Concepts', 'Why things are as they are, in IRSA and here.'],
  ['guides', 'Guides', 'One aim each.'],
  ['reference', 'Reference', 'Written from the source, and checked against it.'],
  ['errors', 'Errors', 'Every reason to be refused, by the sentence that the caller sees.'],
  ['decisions', 'Decisions', 'What was decided, instead of what, and what follows.'],
]

/** `generated` are pages that may not be written yet. */
export function contentsPage(docs, generated) {
  const parts = PARTS.flatMap(([folder, title, about]) => {
    const pages = pagesOf(docs, folder, generated)
    return pages.length === 0 ? [] : [`## ${title}`, '', about, '', ...pages, '']
  })
  return [
    GENERATED,
    '# The book',
    '',
    'New here: [on my laptop](start/on-my-laptop.md). The map of the source: [ARCHITECTURE.md](../ARCHITECTURE.md).',
    '',
    ...parts,
  ].join('\n')
}

function pagesOf(docs, folder, generated) {
  const written = existsSync(join(docs, folder)) ? readdirSync(join(docs, folder)) : []
  const fresh = [...generated.keys()]
    .filter((path) => path.startsWith(`docs/${folder}/`))
    .map((path) => path.slice(`docs/${folder}/`.length))
  const names = [...new Set([...written, ...fresh])].filter((name) => name.endsWith('.md')).toSorted()
  if (folder === 'errors')
    return names.includes('README.md') ? [`- [All ${names.length - 1} codes](errors/README.md)`] : []
  return names.map(
    (name) =>
      `- [${titleOf(generated.get(`docs/${folder}/${name}`) ?? readFileSync(join(docs, folder, name), 'utf8'))}](${folder}/${name})`,
  )
}

function titleOf(text) {
  const [, title] = /^# (?:\d+\. )?(.+)$/m.exec(text) ?? []
  if (title === undefined) throw new Error('a page below docs has no title')
  return title
}
