import type { WebhookSettings } from './model.ts'

/** What the webhook reads on service accounts and pods, below the domain of the settings. */
export type AnnotationWord = 'role-arn' | 'audience' | 'sts-regional-endpoints' | 'token-expiration' | 'skip-containers'

const KEPT = new Map<string, Map<AnnotationWord, string>>()

/** `DOMAIN/WORD`. Made once, since a text that is put together anew has to be hashed and compared at every look-up. */
export function annotationName({ annotationDomain }: WebhookSettings, word: AnnotationWord): string {
  let names = KEPT.get(annotationDomain)
  if (names === undefined) {
    names = new Map()
    KEPT.set(annotationDomain, names)
  }
  let name = names.get(word)
  if (name === undefined) {
    name = `${annotationDomain}/${word}`
    names.set(word, name)
  }
  return name
}
