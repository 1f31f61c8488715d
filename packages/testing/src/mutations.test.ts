import type { UpstreamResponse } from "@attache/wasm-host"
import { describe, expect, it } from "vitest"
import { messageOf } from "./message.ts"
import { mutationsOf } from "./mutations.ts"
import type { Exchange, Fields, TestRequest } from "./proxy.ts"

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** An exchange in which nothing was changed, but for what is said. */
function exchange(
  request: TestRequest,
  answer: UpstreamResponse | "close",
  changed: {
    readonly arrived?: Fields
    readonly body?: string
    readonly client?: Fields
    readonly clientBody?: string
    readonly status?: number
  } = {},
): Exchange {
  const upstream = {
    ...messageOf([["host", "test.example"], ...(changed.arrived ?? [])], bytes(changed.body ?? ""), []),
    cluster: "upstream",
    method: "GET",
    path: "/",
    answer,
  }
  const client = messageOf(changed.client ?? [], bytes(changed.clientBody ?? ""), [])
  return { ...client, request, outcome: "complete", status: changed.status ?? 200, upstream }
}

describe("mutationsOf", () => {
  it.each<[string, Exchange, readonly string[]]>([
    ["nothing", exchange({}, {}), []],
    [
      "what the proxy does itself",
      exchange(
        {},
        {},
        {
          arrived: [["x-forwarded-proto", "http"]],
          client: [
            ["server", "envoy"],
            ["date", "now"],
          ],
        },
      ),
      [],
    ],
    ["a header more", exchange({}, {}, { arrived: [["x-a", "1"]] }), ["to upstream: + x-a: 1"]],
    ["a header less", exchange({ headers: { "X-A": "1" } }, {}), ["to upstream: - x-a: 1"]],
    [
      "another value",
      exchange({ headers: { "x-a": "1" } }, {}, { arrived: [["x-a", "2"]] }),
      ["to upstream: x-a: 1 -> 2"],
    ],
    [
      "one of several values",
      exchange(
        { headers: { "x-a": ["1", "2"] } },
        {},
        {
          arrived: [
            ["x-a", "2"],
            ["x-a", "3"],
          ],
        },
      ),
      ["to upstream: - x-a: 1", "to upstream: + x-a: 3"],
    ],
    [
      "their order",
      exchange(
        { headers: { "x-a": ["1", "2"] } },
        {},
        {
          arrived: [
            ["x-a", "2"],
            ["x-a", "1"],
          ],
        },
      ),
      ["to upstream: x-a: 1, 2 -> 2, 1"],
    ],
    ["the path", exchange({ path: "/a" }, {}), ["to upstream: :path: /a -> /"]],
    [
      "both bodies",
      exchange({ method: "GET", chunks: ["a", "b"] }, { chunks: ["c", "d"] }, { body: "AB", clientBody: "CD" }),
      ['to upstream: body: "ab" -> "AB"', 'to client: body: "cd" -> "CD"'],
    ],
    ["the status", exchange({}, { status: 404 }, { status: 200 }), ["to client: :status: 404 -> 200"]],
    ["an upstream that hung up", exchange({}, "close", { status: 503 }), ["upstream: close", "to client: 503"]],
    [
      "an answer of the proxy",
      { ...exchange({}, {}, { status: 403, client: [["x-why", "no"]], clientBody: "no" }), upstream: undefined },
      ["answered by the proxy: 403", "to client: + x-why: no", 'to client: body: "" -> "no"'],
    ],
    ["no answer", { ...exchange({}, {}, { status: 0 }), upstream: undefined }, ["not answered"]],
  ])("prints %s", (_what, seen, lines) => {
    expect(mutationsOf(seen)).toEqual(lines)
  })
})
