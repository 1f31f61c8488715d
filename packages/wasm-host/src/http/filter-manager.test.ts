import { describe, expect, it } from "vitest"
import { createDirection, type DataStatus, type HeadersStatus } from "./filter-manager.ts"
import { createHeaderMap } from "./header-map.ts"

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A direction whose filter answers from lists, and everything the next hop sees. */
function direct(headers: HeadersStatus, data: readonly DataStatus[], limit = 100) {
  const seen: string[] = []
  const calls: string[] = []
  let left = [...data]
  const direction = createDirection({
    filter: {
      headers: () => headers,
      data: (body, end) => {
        calls.push(`${body.bytes.length}${end ? "!" : ""}`)
        const [next = "continue", ...rest] = left
        left = rest
        return next
      },
      trailers: () => "continue",
    },
    next: {
      headers: (_map, end) => void seen.push(end ? "headers!" : "headers"),
      data: (body, end) => void seen.push(`${new TextDecoder().decode(body)}${end ? "!" : ""}`),
      trailers: () => void seen.push("trailers"),
    },
    limit,
    isAborted: () => false,
    inCall: (call) => call(),
    tooLarge: () => void seen.push("too large"),
  })
  return { direction, seen, calls }
}

describe("a direction", () => {
  it("passes what the filter continues", () => {
    const { direction, seen } = direct("continue", [])
    direction.headers(createHeaderMap(), false)
    direction.data(bytes("a"), false)
    direction.data(bytes(""), true)
    expect(seen).toEqual(["headers", "a", "!"])
  })
  it("stores what the filter buffers, and passes all at once", () => {
    const { direction, seen } = direct("continue", ["stop-buffer", "stop-buffer", "continue"])
    direction.headers(createHeaderMap(), false)
    for (const part of ["a", "b"]) direction.data(bytes(part), false)
    direction.data(bytes("c"), true)
    expect(seen).toEqual(["headers", "abc!"])
  })
  it("holds everything back after stop-all, and shows the body to the filter on resume", () => {
    const { direction, seen, calls } = direct("stop-all-watermark", [])
    direction.headers(createHeaderMap(), false)
    direction.data(bytes("ab"), true)
    expect([seen, calls]).toEqual([[], []])
    direction.resume()
    expect([seen, calls]).toEqual([["headers", "ab!"], ["2!"]])
  })
  it("releases headers with the first body that continues after stop", () => {
    const { direction, seen } = direct("stop", ["continue"])
    direction.headers(createHeaderMap(), false)
    expect(seen).toEqual([])
    direction.data(bytes("a"), true)
    expect(seen).toEqual(["headers", "a!"])
  })
  it("loses what is neither passed nor buffered", () => {
    const { direction, seen } = direct("continue", ["stop-no-buffer", "continue"])
    direction.headers(createHeaderMap(), false)
    direction.data(bytes("lost"), false)
    direction.data(bytes("kept"), true)
    expect(seen).toEqual(["headers", "kept!"])
  })
  it.each([
    ["stop-buffer", ["headers", "too large"], true],
    ["stop-watermark", ["headers"], true],
  ] as const)("beyond the limit after %s", (status, want, isAbove) => {
    const { direction, seen } = direct("continue", [status], 3)
    direction.headers(createHeaderMap(), false)
    direction.data(bytes("four"), false)
    expect(seen).toEqual(want)
    expect(direction.isAboveLimit).toBe(isAbove)
  })
  it("fails nothing beyond the limit when held headers go on with their first body", () => {
    const { direction, seen } = direct("stop", ["continue"], 3)
    direction.headers(createHeaderMap(), false)
    direction.data(bytes("four"), true)
    expect(seen).toEqual(["headers", "four!"])
  })
  it("sends headers twice when resumed inside the call, as Envoy does", () => {
    const seen: string[] = []
    const direction = createDirection({
      filter: {
        headers: () => {
          direction.resume()
          return "continue"
        },
        data: () => "continue",
        trailers: () => "continue",
      },
      next: { headers: () => void seen.push("headers"), data: () => {}, trailers: () => {} },
      limit: 1,
      isAborted: () => false,
      inCall: (call) => call(),
      tooLarge: () => {},
    })
    direction.headers(createHeaderMap(), true)
    expect(seen).toEqual(["headers", "headers"])
  })
})
