/**
 * tools/up: the whole circle in one process: keys, issuer, objects, AWS's APIs and the installation's own pages on one port, over one data directory.
 * It owns the wiring, the own pages (`/_openirsa/…`) and what `--demo` makes; what the parts do is theirs, and none of it is judged here.
 */
export { demoFactsOf } from './demo-seed.ts'
export { type DetachedOptions, startDetached } from './detached.ts'
export type { DemoFacts, Installation, UpHost, UpOptions } from './model.ts'
export { startInstallation } from './start.ts'
export { type SystemHostOptions, systemHost } from './system-host.ts'
