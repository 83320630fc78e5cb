// docs/reference/api-coverage.md, from the tables of the services themselves.
const GENERATED = '<!-- Written by `npm run docs` from the tables in src/cloud/services; edit those. -->'
const TITLES = { iam: 'IAM', sts: 'STS', eks: 'EKS', cloudtrail: 'CloudTrail', s3: 'S3' }

/** What is performed, and what is authorised and then answered NotImplemented. */
export function coveragePage(services) {
  const total = services.reduce((sum, { operations }) => sum + Object.keys(operations).length, 0)
  return `${GENERATED}
# API coverage

${total} operations of ${services.length} services are performed. Every other operation of these services is known by name, shape and IAM action: it is
authenticated and authorised like any call, and then answered \`NotImplemented\` (501). A call of an unknown service or operation is refused. No
call is performed without its row in these tables, which say how the caller proves who it is and what the call requires.

| service | performed | known |
|---|---|---|
${services.map(({ name, operations, known }) => `| [${TITLES[name] ?? name}](#${name}) | ${Object.keys(operations).length} | ${known.length} |`).join('\n')}

${services.map(section).join('\n')}`
}

function section({ name, operations, known }) {
  const performed = Object.keys(operations).toSorted()
  const others = known.filter((operation) => !performed.includes(operation)).toSorted()
  const rows = performed.map(
    (operation) =>
      `| ${operation} | ${WAYS[operations[operation].authenticate.by](operations[operation])} | ${kindOf(operations[operation].trail)} |`,
  )
  return `## ${TITLES[name] ?? name}
<a id="${name}"></a>

| operation | caller shows | event |
|---|---|---|
${rows.join('\n')}

Answered NotImplemented: ${others.length === 0 ? 'none' : others.join(', ')}.
`
}

const WAYS = {
  sigv4: ({ authenticate }) =>
    authenticate.orAnonymous ? 'a signature, or nothing where a policy lets everybody in' : 'a signature',
  'web-identity': () => 'a web identity token',
}

const kindOf = ({ category, readOnly }) => `${category}, ${readOnly ? 'reads' : 'writes'}`
