/** Prints the spread of durations in milliseconds: for reading, never for judging. */
export function printDurations(what: string, durations: readonly number[]): void {
  const sorted = [...durations].sort((a, b) => a - b)
  const at = (share: number): string => `${Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0)} ms`
  console.log(`${what}: p50 ${at(0.5)}, p99 ${at(0.99)}, most ${at(1)} (${sorted.length} times)`)
}
