// From a botocore service model to the constraints that its inputs carry: see src/standards/protocol/table.ts for their form.

/** @param {{operations: object, shapes: object}} model the parsed service-2.json */
export function constraintTable(model) {
  const shapes = {}
  const operations = {}
  for (const [name, operation] of Object.entries(model.operations)) {
    if (operation.input !== undefined && constrained(operation.input.shape, model.shapes, shapes))
      operations[name] = operation.input.shape
  }
  for (const name of Object.keys(shapes)) if (shapes[name] === false) delete shapes[name]
  return { operations, shapes }
}

/** Enters a shape in the table; false when neither it nor anything below it is constrained. */
function constrained(name, source, table) {
  if (table[name] !== undefined) return table[name] !== false
  const shape = source[name]
  const rules = own(shape)
  table[name] = rules
  const isUseful = descend(shape, rules, (below) => constrained(below, source, table)) || Object.keys(rules).length > 0
  if (!isUseful) table[name] = false
  return isUseful
}

function own(shape) {
  const rules = {}
  if (shape.min !== undefined && !(shape.min === 0 && shape.type !== 'integer')) rules.min = shape.min
  if (shape.max !== undefined) rules.max = shape.max
  if (shape.pattern !== undefined) rules.pattern = shape.pattern
  if (shape.enum !== undefined) rules.enum = shape.enum
  if (shape.sensitive === true) rules.sensitive = true
  if (shape.type === 'structure' && shape.required?.length > 0) rules.required = shape.required
  return rules
}

function descend(shape, rules, visit) {
  let isUseful = false
  const keep = (key, value) => {
    rules[key] = value
    isUseful = true
  }
  if (shape.type === 'list' && visit(shape.member.shape)) keep('item', shape.member.shape)
  if (shape.type === 'map' && visit(shape.key.shape)) keep('key', shape.key.shape)
  if (shape.type === 'map' && visit(shape.value.shape)) keep('value', shape.value.shape)
  const members = Object.entries(shape.members ?? {}).filter(([, member]) => visit(member.shape))
  if (members.length > 0) keep('members', Object.fromEntries(members.map(([name, member]) => [name, member.shape])))
  return isUseful
}
