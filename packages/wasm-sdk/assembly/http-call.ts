import { proxy_get_status, proxy_http_call } from "./abi"
import { Body, callBody } from "./body"
import { Context } from "./context"
import { callHeaders, callTrailers, Header, HeaderMap, putHeaders, roomForHeaders } from "./headers"
import { IdTable, Numbered } from "./id-table"
import { begin, end, ok, putText, resultText, roomFor, words } from "./memory"

// @ts-ignore: decorator
@lazy const calls: IdTable = new IdTable()

/**
 * One HTTP request of the plugin's own to a cluster that Envoy knows. Subclass it with the fields the answer needs.
 *
 * The answer is delivered with the owner as the current context, so that its headers can be changed and it can be
 * resumed. When the owner is a stream that has ended meanwhile nothing is delivered.
 */
export class HttpCall extends Numbered {
  constructor(public owner: Context) {
    super()
  }

  /** The answer is there: {@link status}, {@link headers}, {@link body} and {@link trailers} are readable now only. */
  onResponse(): void {}

  /** No answer came. A time-out or refused connection is usually an ordinary answer of Envoy's with 504 or 503. */
  onFailure(reason: string): void {}

  /**
   * Sends it.
   *
   * @param headers with `:method`, `:path` and `:authority`
   * @param timeoutMs 0 waits for ever
   * @returns false when Envoy refused, for instance because the cluster is unknown; nothing is delivered then
   */
  send(cluster: string, headers: Header[], timeoutMs: u32, body: string = "", trailers: Header[] = []): bool {
    if (!this.owner.activate()) return false
    begin(roomFor(cluster) + roomForHeaders(headers) + roomFor(body) + roomForHeaders(trailers))
    const name = putText(cluster)
    const fields = putHeaders(headers)
    const text = putText(body)
    const tail = end()
    if (trailers.length > 0) putHeaders(trailers)
    const sent = ok(
      proxy_http_call(name, fields - name, fields, text - fields, text, tail - text, tail, end() - tail, timeoutMs, words)
    )
    if (!sent) return false
    this.id = load<u32>(words)
    calls.add(this)
    return true
  }

  /** Status code of the answer. */
  get status(): u32 {
    const text = callHeaders.get(":status")
    return text === null ? 0 : (U32.parseInt(text) as u32)
  }
  get headers(): HeaderMap {
    return callHeaders
  }
  get trailers(): HeaderMap {
    return callTrailers
  }
  get body(): Body {
    return callBody
  }
}

/** Takes the call that an answer belongs to. */
export function takeCall(token: u32): HttpCall | null {
  return changetype<HttpCall | null>(calls.remove(token))
}

/** The host's words about the failure it reports. */
export function failureReason(): string {
  return ok(proxy_get_status(words + 8, words, words + 4)) ? resultText() : ""
}
