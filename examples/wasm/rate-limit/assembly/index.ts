import {
  Action, currentTimeNanoseconds, Header, registerFilter, SharedData, SharedValue, StreamContext,
} from "@attache/wasm-sdk/assembly"

const requestsPerWindow: i64 = 5
const windowNanoseconds: u64 = 60_000_000_000

/** Five requests a minute for each client, counted together by all threads of the proxy. */
class RateLimit extends StreamContext {
  onRequestHeaders(count: u32, endOfStream: bool): Action {
    const client = this.requestHeaders.get("x-client-id")
    const key = "rate-limit/" + (client === null ? "" : client)
    if (!SharedData.update(key, counted)) return Action.Continue
    if (I64.parseInt(SharedData.get(key)!.text.split(" ")[1]) <= requestsPerWindow) return Action.Continue
    const left = windowNanoseconds - (currentTimeNanoseconds() % windowNanoseconds)
    const seconds = (left / 1_000_000_000 + 1).toString()
    return this.respond(429, "too many requests\n", [new Header("retry-after", seconds)], -1, "rate_limited")
  }
}

/** One more request of the current window: a value is `WINDOW REQUESTS`, as shared data cannot be removed. */
function counted(old: SharedValue | null): string {
  const window = (currentTimeNanoseconds() / windowNanoseconds).toString()
  if (old === null) return window + " 1"
  const parts = old.text.split(" ")
  return parts[0] == window ? window + " " + (I64.parseInt(parts[1]) + 1).toString() : window + " 1"
}

registerFilter("rate-limit", (root) => new RateLimit(root))
