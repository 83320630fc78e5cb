/** The name with the fewest letters to change, whatever their case; the first of those; undefined without names. */
export function nearestName(text: string, names: readonly string[]): string | undefined {
  const folded = text.toLowerCase().slice(0, LONGEST)
  let best: { readonly name: string; readonly distance: number } | undefined
  for (const name of names) {
    // The lengths alone make this distance at least.
    if (best !== undefined && Math.abs(name.length - folded.length) >= best.distance) continue
    const distance = distanceOf(folded, name.toLowerCase())
    if (best === undefined || distance < best.distance) best = { name, distance }
  }
  return best?.name
}

/** Longer than any name there is. */
const LONGEST = 128

/** Levenshtein's. */
function distanceOf(one: string, other: string): number {
  let before = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= other.length; column += 1) {
      const change = (before[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1)
      current.push(Math.min(change, (before[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    before = current
  }
  return before[other.length] ?? 0
}
