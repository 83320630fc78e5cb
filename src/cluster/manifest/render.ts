import type { KubernetesObject } from './model.ts'

/** The objects as YAML, one document each, for `kubectl apply -f -`; `heading` stands above them, as comments. */
export async function renderManifest(objects: readonly KubernetesObject[], heading: string): Promise<string> {
  const { stringify } = await import('yaml')
  const comments = heading.split('\n').map((line) => `# ${line}`.trimEnd())
  const documents = objects.map((object) =>
    stringify(object, { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' }).trimEnd(),
  )
  return `${comments.join('\n')}\n${documents.map((document) => `---\n${document}`).join('\n')}`
}
