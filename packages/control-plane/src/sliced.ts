import type { Clock } from "@attache/base"
import type { Translator } from "@attache/translate"

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

/**
 * Reads a translator in steps of about a slice each, however much there is to compute.
 *
 * @param work must do nothing but read: it begins anew in every step, and finds what the steps before it computed
 */
export function* readInSteps<T>(
  translator: Pick<Translator, "inSteps">,
  clock: Clock,
  work: () => T,
): Generator<void, T> {
  // Counted from the beginning of each step: the time that others took between two steps is not ours.
  let begun = 0
  const steps = translator.inSteps(work, () => clock.now() - begun >= sliceMs)
  for (;;) {
    begun = clock.now()
    const { done, value } = steps.next()
    if (done === true) return value
    yield
  }
}
