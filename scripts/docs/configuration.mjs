// docs/reference/configuration.md and openirsa.schema.json, from the option table in src/config/options.ts.
const GENERATED = '<!-- Written by `npm run docs` from src/config/options.ts; edit that. -->'

export function configurationPage(table, environmentName) {
  const rows = Object.values(table).map((option) => {
    const value = option.placeholder === undefined ? '' : ` ${option.placeholder}`
    const kind = option.repeatable ? ' (several)' : ''
    return `| \`--${option.name}${value}\`${kind} | \`${environmentName(option)}\` | \`${option.name}\` | ${defaultOf(option)} | ${option.summary} |`
  })
  return `${GENERATED}
# Configuration

\`openirsa up\` reads each option from four places. A later one wins: default, configuration file, environment, flag.

- **File**: the one named by \`--config\`, else \`./openirsa.yaml\`, else \`$XDG_CONFIG_HOME/openirsa/config.yaml\`. One file counts. A key that is
  not known is refused, and the one that was probably meant is named.
- **Environment**: options that may be given several times hold their values with commas between them; an empty variable counts as unset.
- **Editors** complete and check the file with [openirsa.schema.json](openirsa.schema.json): put
  \`# yaml-language-server: $schema=PATH/openirsa.schema.json\` on its first line.

| flag | environment | key in the file | default | |
|---|---|---|---|---|
${rows.join('\n')}

Every command finds its installation by \`--data-dir\`, else \`OPENIRSA_DATA_DIR\`, else \`$XDG_DATA_HOME/openirsa\`, else
\`~/.local/share/openirsa\`; never by guessing ports.

\`\`\`yaml openirsa.yaml
port: 0
region: eu-central-1
account: ["111111111111", "222222222222"]     # in quotes: YAML would drop leading zeros
\`\`\`

There is no option that turns enforcement off. What relaxes a check (\`allow-private-issuer\`) is announced on stderr at each start.
`
}

function defaultOf({ fallback, placeholder }) {
  if (fallback === undefined) return 'not set'
  return placeholder === undefined ? 'off' : `\`${fallback}\``
}

/** JSON Schema (2020-12) for the configuration file. */
export function configurationSchema(table, environmentName) {
  const properties = {}
  for (const option of Object.values(table)) properties[option.name] = schemaOf(option, environmentName(option))
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'openirsa.yaml',
    description: 'Options of `openirsa up`.',
    type: 'object',
    additionalProperties: false,
    properties,
  }
  return `${JSON.stringify(schema, undefined, 2)}\n`
}

function schemaOf({ summary, schema, repeatable, fallback }, variable) {
  return {
    description: summary,
    ...(repeatable ? { oneOf: [schema, { type: 'array', items: schema, uniqueItems: true }] } : schema),
    ...(fallback === undefined ? {} : { default: fallback }),
    'x-env-variable': variable,
  }
}
