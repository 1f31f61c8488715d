import {
  Action, Counter, currentTimeNanoseconds, Gauge, Histogram, registerFilter, StreamContext,
} from "@attache/wasm-sdk/assembly"

// Shown by Envoy as wasmcustom.requests and so on; the values of all threads together.
const requests = new Counter("requests")
const failures = new Counter("failures")
const inFlight = new Gauge("in_flight")
const milliseconds = new Histogram("milliseconds")

/** Counts requests, failures and those under way, and measures how long each takes. */
class Measured extends StreamContext {
  private begun: u64 = currentTimeNanoseconds()

  onRequestHeaders(count: u32, endOfStream: bool): Action {
    requests.increment()
    inFlight.add(1)
    return Action.Continue
  }

  onLog(): void {
    const status = this.responseHeaders.get(":status")
    if (status === null || status >= "500") failures.increment()
    inFlight.add(-1)
    milliseconds.record((currentTimeNanoseconds() - this.begun) / 1_000_000)
  }
}

registerFilter("metrics", (root) => new Measured(root))
