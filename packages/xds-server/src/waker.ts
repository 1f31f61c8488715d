import type { Clock } from "@attache/base"
import type { DiscoveryStream } from "./stream.ts"

/**
 * Lets streams send, many in a row but never for longer than a slice, so that requests are read in between.
 *
 * Waking a stream twice before its turn counts once: snapshots set in the same turn of the event loop are sent as one.
 */
export function createWaker(clock: Clock, sliceMs = 10): (stream: DiscoveryStream) => void {
  const awake = new Set<DiscoveryStream>()
  let isScheduled = false
  const run = (): void => {
    isScheduled = false
    const end = clock.now() + sliceMs
    for (const stream of awake) {
      awake.delete(stream)
      stream.pump()
      if (clock.now() >= end) break
    }
    if (awake.size > 0) schedule()
  }
  const schedule = (): void => {
    if (isScheduled) return
    isScheduled = true
    setImmediate(run)
  }
  return (stream) => {
    awake.add(stream)
    schedule()
  }
}
