/**
 * Lines of a log on their way out: those of one turn of the loop go together, since each write is a call to the system that everybody
 * waits for. What is left goes when the process ends.
 */
export function createLineBuffer(write: (text: string) => void): { say(line: string): void; flush(): void } {
  let text = ''
  const flush = (): void => {
    if (text === '') return
    const going = text
    text = ''
    write(going)
  }
  return {
    say: (line) => {
      if (text === '') setImmediate(flush)
      text += line.endsWith('\n') ? line : `${line}\n`
    },
    flush,
  }
}
