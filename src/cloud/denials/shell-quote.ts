/** A word for a POSIX shell, whatever is in it: what a fix tells people to type must not run anything else. */
export function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
