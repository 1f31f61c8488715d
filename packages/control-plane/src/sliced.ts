import type { Clock } from "@attache/base"

/** Longest time steps run in a row before others get a turn, in milliseconds. */
const sliceMs = 10

/**
 * Runs steps to their end and gives what they return, letting the event loop turn whenever a slice is used up.
 *
 * A single long step is not cut. Rejects with what a step throws.
 */
export async function runSliced<T>(steps: Generator<void, T>, clock: Clock): Promise<T> {
  let begun = clock.now()
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
    if (clock.now() - begun < sliceMs) continue
    await new Promise((resolve) => setImmediate(resolve))
    begun = clock.now()
  }
}
