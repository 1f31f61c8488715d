import { AttacheError, type Clock, systemClock } from "@attache/base"

/** How slow a peer may be. */
export interface Pace {
  /** Time of waiting in which {@link leastBytes} must come, in milliseconds. Default 30 s. */
  readonly stallMs?: number
  /** Bytes that must come within {@link stallMs} of waiting. Default 16 KiB. */
  readonly leastBytes?: number
  /** Default: the machine's. */
  readonly clock?: Clock
}

/** Default of {@link Pace.stallMs}. */
export const defaultStallMs = 30_000
const defaultLeastBytes = 16 * 1024

/**
 * A body that fails when it stalls or drips.
 *
 * Only time spent waiting for the peer counts, so a slow reader of a fast body is not punished. Error: ATT_HTTP_STALLED.
 *
 * @param stop ends the body when it stalls
 * @param from for the message
 */
export async function* paced(
  body: AsyncIterable<Uint8Array>,
  pace: Pace,
  stop: (error: Error) => void,
  from: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { stallMs = defaultStallMs, leastBytes = defaultLeastBytes, clock = systemClock } = pace
  let waitedMs = 0
  let count = 0
  const iterator = body[Symbol.asyncIterator]()
  try {
    for (;;) {
      const begun = clock.now()
      const cancel = clock.after(Math.max(0, stallMs - waitedMs), () => stop(stalled(from, stallMs)))
      const { done, value } = await iterator.next().finally(cancel)
      if (done === true) return
      waitedMs += clock.now() - begun
      count += value.length
      if (count >= leastBytes) waitedMs = count = 0
      yield value
    }
  } finally {
    await iterator.return?.()
  }
}

/** The error for a peer that is silent or too slow. */
export function stalled(from: string, stallMs: number): AttacheError {
  return new AttacheError("ATT_HTTP_STALLED", `${from} stalled: too little came within ${stallMs / 1000} s`, {
    retry: "later",
    facts: { from, stallMs },
  })
}
