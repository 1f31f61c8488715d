import type { UpstreamResponse } from "@attache/wasm-host"
import { bytesOf, fieldsOf, messageOf, methodOf } from "./message.ts"
import type { Exchange, Fields } from "./proxy.ts"

/** What the proxy itself adds or takes away on the way to the upstream, and back. */
const ownOnRequest = new Set(["connection", "transfer-encoding", "x-forwarded-proto", "content-length", "te"])
const ownOnResponse = new Set(["connection", "transfer-encoding", "date", "server", "keep-alive", "content-length"])

/**
 * What plugins changed between client and upstream, one line each, for a snapshot:
 *
 * ```
 * to upstream: + x-user: ann
 * to upstream: :path: /a -> /b
 * to client: - x-secret: 1
 * to client: body: "a" -> "b"
 * ```
 *
 * `answered by the proxy: 403` and what it answered, when the request did not arrive. What the proxy changes itself is
 * left out: connection, date, server, lengths and codings.
 */
export function mutationsOf(exchange: Exchange): readonly string[] {
  const { upstream, request } = exchange
  if (upstream === undefined)
    return [
      exchange.status === 0 ? "not answered" : `answered by the proxy: ${exchange.status}`,
      ...changes("to client", [], without(exchange.headers, ownOnResponse)),
      ...bodyChange("to client", "", exchange.body),
    ]
  const sent: Fields = [
    [":method", methodOf(request)],
    [":path", request.path ?? "/"],
    ["host", request.authority ?? "test.example"],
    ...fieldsOf(request.headers),
  ]
  const arrived: Fields = [[":method", upstream.method], [":path", upstream.path], ...upstream.headers]
  const sentBody = (request.chunks ?? [request.body]).map((each) => messageOf([], bytesOf(each), []).body).join("")
  return [
    ...changes("to upstream", without(sent, ownOnRequest), without(arrived, ownOnRequest)),
    ...bodyChange("to upstream", sentBody, upstream.body),
    ...responseChanges(exchange, upstream.answer),
  ]
}

function responseChanges(exchange: Exchange, answer: UpstreamResponse | object | string): readonly string[] {
  if (typeof answer === "string") return [`upstream: ${answer}`, `to client: ${exchange.status}`]
  const response: UpstreamResponse = answer
  const given: Fields = [[":status", String(response.status ?? 200)], ...fieldsOf(response.headers)]
  const got: Fields = [[":status", String(exchange.status)], ...exchange.headers]
  const body = (response.chunks ?? [response.body]).map((each) => messageOf([], bytesOf(each), []).body).join("")
  return [
    ...changes("to client", without(given, ownOnResponse), without(got, ownOnResponse)),
    ...bodyChange("to client", body, exchange.body),
  ]
}

function changes(side: string, from: Fields, to: Fields): readonly string[] {
  const names = [...new Set([...from, ...to].map(([name]) => name))]
  return names.flatMap((name) => {
    const [before, after] = [valuesIn(from, name), valuesIn(to, name)]
    if (before.join("\n") === after.join("\n")) return []
    if (before.length === 1 && after.length === 1) return [`${side}: ${name}: ${before[0]} -> ${after[0]}`]
    const gone = before.filter((value) => !after.includes(value)).map((value) => `${side}: - ${name}: ${value}`)
    const added = after.filter((value) => !before.includes(value)).map((value) => `${side}: + ${name}: ${value}`)
    return gone.length + added.length === 0
      ? [`${side}: ${name}: ${before.join(", ")} -> ${after.join(", ")}`]
      : [...gone, ...added]
  })
}

function valuesIn(fields: Fields, name: string): readonly string[] {
  return fields.filter(([each]) => each === name).map(([, value]) => value)
}

function without(fields: Fields, names: ReadonlySet<string>): Fields {
  return fields.filter(([name]) => !names.has(name))
}

function bodyChange(side: string, from: string, to: string): readonly string[] {
  return from === to ? [] : [`${side}: body: ${JSON.stringify(from)} -> ${JSON.stringify(to)}`]
}
