// docs/reference/cli.md, from the commander program itself.
const GENERATED = '<!-- Written by `npm run docs` from src/cli; edit the commands there. -->'

/** Every command that help shows, with its arguments and flags. */
export function cliPage(program) {
  const commands = leavesOf(program, [])
  return `${GENERATED}
# Command line

${program.description()}

Data goes to standard output, words for people to standard error. \`-o json\` is for programs. Exit codes: 0 yes, 1 no (refused, not found,
not running), 2 wrong usage or unknown; \`openirsa run\` passes its command's on. Nothing secret is ever taken from the command line.
Flags of \`openirsa up\` can also stand in the environment or a file: [configuration.md](configuration.md).

${commands.map(({ words }) => `- [\`${words.join(' ')}\`](#${anchorOf(words)})`).join('\n')}

${commands.map(section).join('\n')}`
}

const anchorOf = (words) => words.join('-').toLowerCase()

/** Commands that do something: groups such as \`token\` only hold others. */
function leavesOf(command, above) {
  const words = [...above, command.name()]
  const shown = command
    .createHelp()
    .visibleCommands(command)
    .filter((one) => one.name() !== 'help')
  return shown.length === 0 ? [{ command, words }] : shown.flatMap((one) => leavesOf(one, words))
}

function section({ command, words }) {
  const help = command.createHelp()
  const options = help.visibleOptions(command).filter((option) => option.long !== '--help')
  const lines = [
    `## ${words.join(' ')}`,
    '',
    help.commandDescription(command),
    '',
    '```',
    help.commandUsage(command),
    '```',
    '',
  ]
  for (const argument of help.visibleArguments(command))
    lines.push(`- \`${help.argumentTerm(argument)}\`: ${argument.description}`)
  if (help.visibleArguments(command).length > 0) lines.push('')
  if (options.length > 0) lines.push('| flag | |', '|---|---|', ...options.map((option) => row(help, option)), '')
  return lines.join('\n')
}

function row(help, option) {
  const must = option.mandatory ? ' **Required.**' : ''
  return `| \`${help.optionTerm(option).replaceAll('|', '\\|')}\` | ${help.optionDescription(option).replaceAll('|', '\\|')}${must} |`
}
