/** A page of the book, run as it stands beside a real API server, the commands of Kubernetes on its path. */
import { readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openShell, type Shell } from '../../transcripts/shell.ts'
import { fits, parseTranscript } from '../../transcripts/transcript.ts'
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from './control-plane.ts'
import { describeWithApiServer } from './describe.ts'

export interface GuideRun {
  readonly cluster: ControlPlane
  readonly shell: Shell
  /** Runs a command that the page does not have; it must succeed. */
  mustRun(command: string): Promise<string>
  /** What the page's command that begins so has printed. */
  printedBy(beginning: string): string
}

export interface GuideOptions {
  readonly cluster?: ControlPlaneOptions
  /** Before the first command. */
  readonly begin?: (run: GuideRun) => Promise<unknown>
  /** What somebody does by hand, or another machine by itself, before commands that match. */
  readonly before?: readonly (readonly [RegExp, (run: GuideRun) => Promise<unknown>])[]
  /** At least so many commands. */
  readonly commands: number
}

const CONTROLLERS = ['serviceaccount-controller', 'namespace-controller']

export function describeGuide(document: string, title: string, options: GuideOptions): void {
  describeWithApiServer(`${document} ${title}`, () => {
    const steps = parseTranscript(readFileSync(document, 'utf8'))
    const printed = new Map<string, string>()
    const caller = { ...process.env }
    let run: GuideRun

    beforeAll(async () => {
      const cluster = await startControlPlane({ controllers: CONTROLLERS, ...options.cluster })
      process.env.KUBECONFIG = cluster.kubeconfig
      process.env.PATH = `${cluster.bin}${delimiter}${process.env.PATH}`
      const shell = openShell()
      run = {
        cluster,
        shell,
        mustRun: async (command) => {
          const ran = await shell.run(command)
          expect(ran.status, ran.printed).toBe(0)
          return ran.printed
        },
        printedBy: (beginning) => [...printed].find(([command]) => command.startsWith(beginning))?.[1] ?? '',
      }
      await options.begin?.(run)
    })
    afterAll(async () => {
      if (caller.KUBECONFIG === undefined) delete process.env.KUBECONFIG
      else process.env.KUBECONFIG = caller.KUBECONFIG
      process.env.PATH = caller.PATH
      await run?.shell.close()
      await run?.cluster.stop()
    })

    test('it has commands', () => {
      expect(steps.filter(({ kind }) => kind === 'command').length).toBeGreaterThanOrEqual(options.commands)
    })

    for (const step of steps) {
      test(`line ${step.line}: ${step.name.split('\n')[0]}`, { timeout: 120_000 }, async () => {
        if (step.kind === 'file') return writeFileSync(join(run.shell.folder, step.name), step.text)
        for (const [pattern, act] of options.before ?? []) if (pattern.test(step.name)) await act(run)
        const ran = await run.shell.run(step.name)
        printed.set(step.name, ran.printed)
        if (/# refused/.test(step.name)) expect(ran.status, ran.printed).not.toBe(0)
        else expect(ran.status, ran.printed).toBe(0)
        expect(fits(step.text, ran.printed), `expected\n${step.text}\nprinted\n${ran.printed}`).toBe(true)
      })
    }
  })
}
