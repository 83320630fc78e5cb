// From the AWS SDK's exported schemas (arrays with thunks) to plain tables: see src/standards/protocol/table.ts for their form.

/** Bits of a numeric trait in the SDK's schemas, lowest first. */
const TRAIT_BITS = [
  'httpLabel',
  'idempotent',
  'idempotencyToken',
  'sensitive',
  'httpPayload',
  'httpResponseCode',
  'httpQueryParams',
]
const OUR_NAME = {
  httpLabel: 'label',
  httpHeader: 'header',
  httpQuery: 'query',
  httpPayload: 'payload',
  httpPrefixHeaders: 'prefixHeaders',
  idempotencyToken: 'idempotencyToken',
  sensitive: 'sensitive',
  xmlName: 'xmlName',
  xmlFlattened: 'flattened',
  xmlAttribute: 'attribute',
}
const PRIMITIVES = {
  0: '.string',
  1: '.number',
  2: '.boolean',
  4: '.timestamp',
  5: '.datetime',
  6: '.httpdate',
  7: '.epoch',
  15: '.document',
  21: '.blob',
  42: '.stream',
}

const [SIMPLE, LIST, MAP, STRUCTURE, UNION, ERROR, OPERATION] = [0, 1, 2, 3, 4, -3, 9]

/** Tables of one SDK module: its operations, its errors, and every shape that they reach. */
export function serviceTable(module) {
  const operations = {}
  const errors = {}
  const shapes = {}
  const schemas = Object.values(module).filter((value) => Array.isArray(value))
  for (const [, , name, traits, input, output] of schemas.filter((schema) => schema[0] === OPERATION)) {
    const http = traits?.http
    operations[name] = {
      input: structure(input, shapes),
      output: structure(output, shapes),
      ...(http === undefined ? {} : { http }),
    }
  }
  for (const [, , name, traits, members] of schemas.filter((schema) => schema[0] === ERROR)) {
    const [code = name, status = traits?.httpError ?? 400] = traits?.awsQueryError ?? []
    errors[code] = { status, members }
  }
  return { operations, errors, shapes }
}

function structure(schema, shapes) {
  const found = resolved(schema)
  return found === 'unit' ? '.unit' : reference(found, shapes)
}

function resolved(schema) {
  return typeof schema === 'function' ? resolved(schema()) : schema
}

/** Name of a shape, entering it in the table when it is new. */
function reference(schema, shapes) {
  const found = resolved(schema)
  if (typeof found === 'number') return primitive(found)
  if (found === 'unit') return '.unit'
  const [kind, , name] = found
  if (kind === SIMPLE) return reference(found[4], shapes)
  if (shapes[name] !== undefined) return name
  shapes[name] = {}
  Object.assign(shapes[name], described(found, shapes))
  return name
}

function primitive(code) {
  if (code & 64) return `${primitive(code & ~64)}[]`
  if (code & 128) return `${primitive(code & ~128)}{}`
  if (PRIMITIVES[code] === undefined) throw new Error(`a schema number that this script does not know: ${code}`)
  return PRIMITIVES[code]
}

function described([kind, , , traits, ...rest], shapes) {
  const xmlName = traitsOf(traits).xmlName
  if (kind === LIST) return { kind: 'list', item: member(rest[0], shapes) }
  if (kind === MAP) return { kind: 'map', value: member(rest[1], shapes) }
  if (kind !== STRUCTURE && kind !== UNION) throw new Error(`a schema kind that this script does not know: ${kind}`)
  const [names, schemas, required = 0] = rest
  const members = Object.fromEntries(names.map((name, at) => [name, member(schemas[at], shapes)]))
  return {
    kind: 'structure',
    ...(xmlName === undefined ? {} : { xmlName }),
    ...(required === 0 || kind === UNION ? {} : { required }),
    members,
  }
}

/** `'Shape'`, or `['Shape', traits]` when the member has traits. */
function member(schema, shapes) {
  const isPair = Array.isArray(schema) && schema.length === 2
  const [target, own] = isPair ? schema : [schema, 0]
  const found = resolved(target)
  const inherited = Array.isArray(found) && found[0] === SIMPLE ? traitsOf(found[3]) : {}
  const traits = { ...inherited, ...traitsOf(own) }
  const ref = reference(found, shapes)
  return Object.keys(traits).length === 0 ? ref : [ref, traits]
}

function traitsOf(traits) {
  if (!traits) return {}
  const all =
    typeof traits === 'number'
      ? Object.fromEntries(TRAIT_BITS.filter((_, bit) => (traits >> bit) & 1).map((name) => [name, 1]))
      : traits
  const kept = Object.entries(all).filter(([name]) => OUR_NAME[name] !== undefined)
  return Object.fromEntries(kept.map(([name, value]) => [OUR_NAME[name], value === 1 ? true : value]))
}
