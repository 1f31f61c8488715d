import { proxy_http_call } from "./abi"
import { Body, callBody } from "./body"
import { callHeaders, callTrailers, findHeader, Header, HeaderMap, putHeaders, roomForHeaders } from "./headers"
import { watchHeldStreams } from "./held-streams"
import { IdTable, Numbered } from "./id-table"
import { Context } from "./living-contexts"
import { begin, end, ok, putBytes, putText, resultAt, resultSize, roomFor, words } from "./memory"

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
    begin(roomFor(changetype<usize>(cluster)) + roomForHeaders(headers) + roomFor(changetype<usize>(body)) + roomForHeaders(trailers))
    const name = putText(changetype<usize>(cluster))
    const fields = putHeaders(headers)
    return this.start(name, fields, putText(changetype<usize>(body)), trailers, timeoutMs)
  }

  /** The same with a body of bytes. */
  sendBytes(cluster: string, headers: Header[], timeoutMs: u32, body: Uint8Array, trailers: Header[] = []): bool {
    if (!this.owner.activate()) return false
    begin(roomFor(changetype<usize>(cluster)) + roomForHeaders(headers) + body.length + roomForHeaders(trailers))
    const name = putText(changetype<usize>(cluster))
    const fields = putHeaders(headers)
    return this.start(name, fields, putBytes(body), trailers, timeoutMs)
  }

  private start(name: usize, fields: usize, body: usize, trailers: Header[], timeoutMs: u32): bool {
    watchHeldStreams()
    const tail = end()
    if (trailers.length > 0) putHeaders(trailers)
    const sent = ok(
      proxy_http_call(name, fields - name, fields, body - fields, body, tail - body, tail, end() - tail, timeoutMs, words)
    )
    if (!sent) return false
    this.id = load<u32>(words)
    calls.add(changetype<usize>(this))
    return true
  }

  /** Status code of the answer. */
  get status(): u32 {
    if (!findHeader(6, changetype<usize>(":status"))) return 0
    let status: u32 = 0
    for (let i: usize = 0; i < resultSize(); i++) status = status * 10 + load<u8>(resultAt() + i) - 0x30
    return status
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

