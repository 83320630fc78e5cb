// docs/reference/api-coverage.md, from the tables of the services themselves.
const GENERATED = '<!-- Written by `npm run docs` from the tables in src/cloud/services; edit those. -->'
const TITLES = { iam: 'IAM', sts: 'STS', eks: 'EKS', cloudtrail: 'CloudTrail', s3: 'S3' }

/** What is performed, what gives a fixed answer, and what is authorised and then answered NotImplemented. */
export function coveragePage(services) {
  const rows = services.map((service) => {
    const { performed, fixed, others } = partsOf(service)
    return `| [${TITLES[service.name]}](#${service.name}) | ${performed.length} | ${fixed.length} | ${others.length} |`
  })
  return `${GENERATED}
# API coverage

An operation is **performed**, or gives the **fixed** answer that AWS gives for what was never configured (Terraform and other clients read
those after each change), or is known by name, shape and IAM action only: then the call is authenticated and authorised like any other, and
answered \`NotImplemented\` (501). A service or operation that is in no table is refused. No call is performed without its row here, which says
how the caller proves who it is and what the call requires.

| service | performed | fixed | NotImplemented |
|---|---|---|---|
${rows.join('\n')}

${services.map(section).join('\n')}`
}

function partsOf({ operations, known, fixed }) {
  const names = Object.keys(operations).toSorted()
  return {
    performed: names.filter((name) => !fixed.includes(name)),
    fixed: names.filter((name) => fixed.includes(name)),
    others: known.filter((name) => !names.includes(name)).toSorted(),
  }
}

function section(service) {
  const { performed, fixed, others } = partsOf(service)
  const rows = performed.map((name) => {
    const { authenticate, trail } = service.operations[name]
    return `| ${name} | ${waysOf(authenticate)} | ${trail.category.toLowerCase()}, ${trail.readOnly ? 'reads' : 'writes'} |`
  })
  return `## ${TITLES[service.name]}
<a id="${service.name}"></a>

| operation | caller shows | event in the trail |
|---|---|---|
${rows.join('\n')}
${fixed.length === 0 ? '' : `\nFixed answers: ${fixed.join(', ')}.\n`}
Answered NotImplemented: ${others.length === 0 ? 'none' : others.join(', ')}.
`
}

function waysOf({ by, orAnonymous }) {
  if (by === 'web-identity') return 'a web identity token'
  return orAnonymous ? 'a signature; nothing, where a policy lets everybody in' : 'a signature'
}
