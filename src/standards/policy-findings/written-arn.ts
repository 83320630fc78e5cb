/** The parts of an ARN as they were written, the last with all further colons; fewer than six where colons are missing. */
export interface WrittenArn {
  readonly parts: readonly string[]
  readonly partition: string
  readonly service: string
  readonly region: string
  readonly account: string
  readonly resource: string
}

/** A colon inside of `${…}` belongs to a key's name and divides nothing. */
export function splitWrittenArn(text: string): WrittenArn {
  const parts: string[] = []
  let start = 0
  for (let at = 0; at < text.length && parts.length < 5; at += 1) {
    if (text.startsWith('${', at)) {
      const end = text.indexOf('}', at)
      if (end < 0) break
      at = end
    } else if (text[at] === ':') {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  parts.push(text.slice(start))
  const [, partition = '', service = '', region = '', account = '', resource = ''] = parts
  return { parts, partition, service, region, account, resource }
}

/** Neither wildcards nor variables: it says exactly one thing. */
export const isLiteral = (part: string): boolean => !/[*?]|\$\{/.test(part)

// Numbers are added to these by AWS; a table of the regions of today would refuse those of tomorrow.
const AREAS =
  'af-south|ap-east|ap-northeast|ap-south|ap-southeast|ca-central|ca-west|cn-north|cn-northwest|eu-central|eu-isoe-west|eu-north|eu-south|eu-west|eusc-de-east|il-central|me-central|me-south|me-west|mx-central|sa-east|sa-west|us-east|us-gov-east|us-gov-west|us-iso-east|us-iso-west|us-isob-east|us-isob-west|us-isof-east|us-isof-south|us-west'
const REGIONS: ReadonlySet<string> = new Set(AREAS.split('|'))

/** Is there such a region, or may there be one? */
export function isRegion(text: string): boolean {
  const match = /^(.+)-[1-9]$/.exec(text)
  return match?.[1] !== undefined && REGIONS.has(match[1])
}
