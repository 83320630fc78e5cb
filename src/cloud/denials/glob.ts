/** True when the pattern with `*` and `?` matches the whole text; takes time proportional to both lengths. */
export function matchesGlob(pattern: string, text: string): boolean {
  let inPattern = 0
  let inText = 0
  let star = -1
  let afterStar = 0
  while (inText < text.length) {
    const letter = pattern[inPattern]
    if (letter === '*') {
      star = inPattern++
      afterStar = inText
    } else if (letter === '?' || letter === text[inText]) {
      inPattern += 1
      inText += 1
    } else if (star >= 0) {
      inPattern = star + 1
      inText = ++afterStar
    } else return false
  }
  while (pattern[inPattern] === '*') inPattern += 1
  return inPattern === pattern.length
}
