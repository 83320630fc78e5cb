import type { Command } from 'commander'
import type { Terminal } from '../terminal.ts'
import { addServeAgent } from './serve-agent.ts'
import { addServeController } from './serve-controller.ts'
import { addServeIssuer } from './serve-issuer.ts'
import { addServeWebhook } from './webhook.ts'

/** Parts that run by themselves; each adds its own sub-command. */
const PARTS = [addServeAgent, addServeController, addServeIssuer, addServeWebhook]

export function addServe(program: Command, terminal: Terminal): void {
  const serve = program
    .command('serve')
    .description('Run one part of openirsa by itself, in the foreground.')
    .enablePositionalOptions()
  for (const add of PARTS) add(serve, terminal)
}
