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
  writeAbort(changetype<usize>(message), changetype<usize>(file), line, column)
  // The compiler's stack of references may be full: an endless recursion ends here. Nobody comes back to what is on it.
  __stack_pointer = __heap_base
  answerHeldStreams()
  unreachable()
}

/**
 * Takes addresses, 0 for null, as a reference in hand would need that stack.
 *
 * Names of files lie below the heap. Those of a stack overflow do not: the compiler (0.26 to 0.28) puts its texts where the
 * heap begins, which has overwritten them.
 */
function writeAbort(message: usize, file: usize, line: u32, column: u32): void {
  const isOverflow = file >= __heap_base
  const what = isOverflow ? changetype<usize>("stack overflow") : message == 0 ? changetype<usize>("aborted") : message
  const where = isOverflow || file == 0 ? changetype<usize>("?") : file
  begin(roomFor(what) + roomFor(where) + 64)
  const at = putText(changetype<usize>("abort: "))
  putText(what)
  putText(changetype<usize>(" ("))
  putText(where)
  putByte(58)
  putNumber(line)
  putByte(58)
  putNumber(column)
  putByte(41)
  proxy_log(LogLevel.Critical, at, end() - at)
}

/** Takes the place of the compiler's `seed`, so that `Math.random` needs no import Envoy lacks. Not for secrets. */
// @ts-ignore: decorator
@global
export function attacheSeed(): f64 {
  proxy_get_current_time_nanoseconds(words + 8)
  return (load<u64>(words, 8) & 0xfffffffffffff) as f64
}
