import { proxy_get_current_time_nanoseconds, proxy_log } from "./abi"
import { LogLevel } from "./enums"
import { answerHeldStreams } from "./held-streams"
import { begin, end, putByte, putNumber, putText, roomFor, words } from "./memory"

/**
 * Takes the place of the compiler's `abort`: one critical log line with message, file, line and column, answers for
 * requests that wait, then a trap.
 *
 * Envoy marks the whole VM as failed after a trap; what follows is the plugin's failure policy. It answers the request
 * whose callback trapped with 503 itself, as long as no response headers went out: an answer of ours would be dropped in
 * request callbacks, and in response headers turn the 503 into a cut connection (seen with Envoy 1.40).
 */
// @ts-ignore: decorator
@global
export function attacheAbort(message: string | null, file: string | null, line: u32, column: u32): void {
  const what = message === null ? "aborted" : message
  const where = file === null ? "?" : file
  begin(roomFor(changetype<usize>(what)) + roomFor(changetype<usize>(where)) + 64)
  const at = putText(changetype<usize>("abort: "))
  putText(changetype<usize>(what))
  putText(changetype<usize>(" ("))
  putText(changetype<usize>(where))
  putByte(58)
  putNumber(line)
  putByte(58)
  putNumber(column)
  putByte(41)
  proxy_log(LogLevel.Critical, at, end() - at)
  answerHeldStreams()
  unreachable()
}

/** Takes the place of the compiler's `seed`, so that `Math.random` needs no import Envoy lacks. Not for secrets. */
// @ts-ignore: decorator
@global
export function attacheSeed(): f64 {
  proxy_get_current_time_nanoseconds(words + 8)
  return (load<u64>(words, 8) & 0xfffffffffffff) as f64
}
