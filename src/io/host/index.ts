/**
 * io/host: what this machine gives: its clock, its randomness, private files and directories, files that are followed, the log.
 * It knows no domain type, and reads no environment variable. Whatever else needs time or randomness takes it as a parameter.
 */
export { systemClock } from './clock.ts'
export { type FileText, type FollowedFiles, followFiles } from './follow-files.ts'
export { createLog, type Log, type LogFields, type LogLevel, type LogOptions } from './log.ts'
export {
  checkPrivateFile,
  ensurePrivateDirectory,
  readOrCreatePrivateFile,
  readPrivateFile,
  type WriteOptions,
  writePrivateFile,
} from './private-files.ts'
export { systemRandomness } from './randomness.ts'
export { redactText } from './redact.ts'
export { untilSignal } from './until-signal.ts'
