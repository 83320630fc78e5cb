const STEPS = [
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3600 },
  { unit: 'minute', seconds: 60 },
  { unit: 'second', seconds: 1 },
] as const

/** `in 57 minutes`, `3 days ago`, `now`: the distance of two times, in milliseconds since the epoch. */
export function renderDistance(at: number, now: number): string {
  const distance = Math.round(Math.abs(at - now) / 1000)
  const text = renderSeconds(distance)
  if (distance === 0) return 'now'
  return at > now ? `in ${text}` : `${text} ago`
}

/** The two largest units that are not zero: `1 hour 30 minutes`. */
export function renderSeconds(count: number): string {
  const words: string[] = []
  let rest = count
  for (const { unit, seconds } of STEPS) {
    const whole = Math.floor(rest / seconds)
    if (whole > 0) words.push(`${whole} ${unit}${whole === 1 ? '' : 's'}`)
    rest -= whole * seconds
  }
  return words.slice(0, 2).join(' ') || '0 seconds'
}
