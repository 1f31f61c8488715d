import { proxy_call_foreign_function, proxy_get_current_time_nanoseconds } from "./abi"
import { begin, end, ok, putText, resultBytes, roomFor, words } from "./memory"

/** Wall clock, nanoseconds since the epoch. Not before the plugin has started: top-level code may not ask. */
export function currentTimeNanoseconds(): u64 {
  return ok(proxy_get_current_time_nanoseconds(words + 8)) ? load<u64>(words, 8) : 0
}

/** Result of one of Envoy's own functions, such as `clear_route_cache`; null when it is unknown or refused. */
export function callForeignFunction(name: string, argument: Uint8Array): Uint8Array | null {
  begin(roomFor(changetype<usize>(name)))
  const at = putText(changetype<usize>(name))
  store<u64>(words, 0)
  const done = proxy_call_foreign_function(at, end() - at, argument.dataStart, argument.length, words, words + 4)
  return ok(done) ? resultBytes() : null
}
