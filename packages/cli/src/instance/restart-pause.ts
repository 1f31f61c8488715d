// How long to wait before an Envoy that has ended by itself is started again.

/** First and longest pause, in milliseconds. */
const bounds = { first: 100, most: 10_000 } as const

/** An Envoy that has lived for so long, in milliseconds, ended for a new reason. */
const steadyMs = 60_000

/**
 * Milliseconds to wait before the next start: at first 100 ms, then twice as long each time up to 10 s, and from the
 * beginning once an Envoy has lived for a minute.
 *
 * @param before the pause before the start of the Envoy that has ended; undefined when there was none
 * @param livedMs how long that Envoy lived; 0 when it could not be started
 */
export function restartPause(before: number | undefined, livedMs: number): number {
  if (before === undefined || livedMs >= steadyMs) return bounds.first
  return Math.min(before * 2, bounds.most)
}
