// From a botocore service model to plain tables, for a service whose SDK module is not at hand: see src/standards/protocol/table.ts for their form.

const SIMPLE = {
  string: '.string',
  integer: '.number',
  long: '.number',
  float: '.number',
  double: '.number',
  boolean: '.boolean',
  timestamp: '.timestamp',
  blob: '.blob',
}
const PLACES = {
  uri: () => ({ label: true }),
  querystring: (name) => ({ query: name }),
  header: (name) => ({ header: name }),
}

/** @param {{operations: object, shapes: object}} model the parsed service-2.json of a restJson service */
export function serviceTableOfModel(model) {
  const shapes = {}
  const reach = (name) => reference(name, model.shapes, shapes)
  const operations = Object.fromEntries(
    Object.entries(model.operations).map(([name, { http, input, output }]) => [
      name,
      {
        input: input === undefined ? '.unit' : reach(input.shape),
        output: output === undefined ? '.unit' : reach(output.shape),
        http: [http.method, http.requestUri, http.responseCode ?? 200],
      },
    ]),
  )
  const errors = Object.fromEntries(
    Object.entries(model.shapes)
      .filter(([, { exception }]) => exception === true)
      .map(([name, { error, members }]) => [name, { status: error.httpStatusCode, members: Object.keys(members) }]),
  )
  return { operations, errors, shapes }
}

/** Name of a shape, entering it in the table when it is new. */
function reference(name, source, table) {
  const shape = source[name]
  if (SIMPLE[shape.type] !== undefined) return SIMPLE[shape.type]
  if (shape.type !== 'structure') throw new Error(`a type that this script does not know: ${shape.type} of ${name}`)
  if (table[name] !== undefined) return name
  table[name] = {}
  const required = shape.required ?? []
  const names = [...required, ...Object.keys(shape.members).filter((member) => !required.includes(member))]
  const members = Object.fromEntries(names.map((member) => [member, memberRow(shape.members[member], source, table)]))
  Object.assign(table[name], {
    kind: 'structure',
    ...(required.length === 0 ? {} : { required: required.length }),
    members,
  })
  return name
}

/** `'Shape'`, or `['Shape', traits]` when the member has traits. */
function memberRow({ shape, location, locationName, idempotencyToken }, source, table) {
  const place = location === undefined ? {} : PLACES[location]?.(locationName)
  if (place === undefined) throw new Error(`a location that this script does not know: ${location}`)
  const traits = {
    ...place,
    ...(idempotencyToken === true ? { idempotencyToken: true } : {}),
    ...(source[shape].sensitive === true ? { sensitive: true } : {}),
  }
  const ref = reference(shape, source, table)
  return Object.keys(traits).length === 0 ? ref : [ref, traits]
}
