/** The known word that was probably meant, or undefined when none is near: at most two letters inserted, lost, changed or swapped. */
export function nearestWord(found: string, known: readonly string[]): string | undefined {
  const scored = known
    .map((word) => ({ word, distance: distanceOf(found, word) }))
    .sort((one, other) => one.distance - other.distance)
  const [best] = scored
  return best !== undefined && best.distance <= 2 && best.distance < best.word.length ? best.word : undefined
}

/** Optimal string alignment distance (Damerau–Levenshtein without repeated edits). */
function distanceOf(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)]
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= other.length; column += 1) {
      const change = one[row - 1] === other[column - 1] ? 0 : 1
      const least = Math.min(
        cell(rows, row - 1, column) + 1,
        (current[column - 1] ?? 0) + 1,
        cell(rows, row - 1, column - 1) + change,
      )
      const swapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      current.push(swapped ? Math.min(least, cell(rows, row - 2, column - 2) + 1) : least)
    }
    rows.push(current)
  }
  return cell(rows, one.length, other.length)
}

const cell = (rows: readonly (readonly number[])[], row: number, column: number): number => rows[row]?.[column] ?? 0
