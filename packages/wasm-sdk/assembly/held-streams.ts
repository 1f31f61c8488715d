// Requests and responses that wait while the module fails.
//
// After a trap Envoy 1.40 answers the request whose callback trapped, and every other one at its next callback. A request
// that waits for a call-out, a timer or a queue has no next callback: it would hang until the client gives up. A local
// reply that was asked for before the trap is still sent.

import { proxy_send_local_response, proxy_set_effective_context } from "./abi"
import { calledContext, Context, streams } from "./living-contexts"
import { begin, end, putText } from "./memory"

// @ts-ignore: decorator
@lazy let answer: (() => void) | null = null

/** Called by whatever makes code run outside a request's own callbacks; modules without any do not link the rest. */
export function watchHeldStreams(): void {
  answer = answerAll
}

/** Answers waiting requests with 503 and the details `wasm_abort`; for use while aborting, once. */
export function answerHeldStreams(): void {
  const each = answer
  answer = null
  if (each !== null) each()
}

function answerAll(): void {
  begin(32)
  const details = putText(changetype<usize>("wasm_abort"))
  const size = end() - details
  for (let i: u32 = 0; i < streams.chains; i++) {
    let entry = streams.chain(i)
    while (entry != 0) {
      const stream = changetype<Context>(entry)
      if ((stream.requestHeld || stream.responseHeld) && stream.id != calledContext())
        if (proxy_set_effective_context(stream.id) == 0)
          proxy_send_local_response(503, details, size, 0, 0, 0, 0, -1)
      entry = stream.next
    }
  }
}
