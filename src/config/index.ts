/**
 * config: one table of options, and where their values come from: flags, environment, file, defaults.
 * Rooms below never see it: tools hand each room its own small options. It reads no option that it does not list.
 */
export { readConfigFile } from './file.ts'
export { environmentName, loadOptions } from './load.ts'
export type { Option, OptionSchema, OptionSources, Options, OptionTable } from './model.ts'
export { nearestWord } from './nearest-word.ts'
export { placeOptions, upOptions } from './options.ts'
export { asAccount, asDuration, asPort, asText } from './parsers.ts'
export { type ParsedPflags, parsePflags } from './pflag.ts'
export type { Pflag, PflagKind, PflagTable, PflagValue, PflagValues } from './pflag-model.ts'
export { renderPflagValue } from './pflag-values.ts'
export { configHomeOf, dataDirectoryOf, type Environment } from './place.ts'
export { loggingWebhookFlags, ownWebhookFlags, referenceWebhookFlags, webhookFlags } from './webhook-flags.ts'
