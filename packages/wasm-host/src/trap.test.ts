import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createHost } from "./host.ts"
import { buildGuest } from "./testing/guest.ts"
import { printFrame } from "./trap.ts"
import { readSourceMap } from "./wasm/source-map.ts"

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
const vlq = (value: number): string => {
  let rest = value < 0 ? -value * 2 + 1 : value * 2
  let out = ""
  do {
    const part = rest % 32
    rest = Math.floor(rest / 32)
    out += digits[part + (rest > 0 ? 32 : 0)]
  } while (rest > 0)
  return out
}
/** A source map of places by offset in the file. */
function mapOf(places: readonly (readonly [offset: number, line: number, column: number])[]): string {
  let [offset, line, column] = [1, 1, 1]
  const segments = places.map(([nextOffset, nextLine, nextColumn], i) => {
    const segment = [nextOffset - (i === 0 ? 0 : offset), 0, nextLine - line, nextColumn - column].map(vlq).join("")
    ;[offset, line, column] = [nextOffset, nextLine, nextColumn]
    return segment
  })
  return JSON.stringify({ version: 3, sources: ["assembly/index.ts"], names: [], mappings: segments.join(",") })
}

const module = buildGuest({
  callbacks: { proxy_on_request_headers: [["proxy_log", 2, 16, 4], "trap"] },
  data: { 16: "text" },
  hasNames: true,
})

describe("traps", () => {
  it("have frames with names, in the log as Envoy prints them", () => {
    const host = createHost({ module })
    host.start()
    host.send({})
    const [trap] = host.traps
    expect(trap).toMatchObject({ where: "proxy_on_request_headers", error: "RuntimeError: unreachable" })
    expect(trap?.frames.map(({ name }) => name)).toEqual(["proxy_on_request_headers"])
    const offset = trap?.frames[0]?.offset.toString(16)
    expect(host.printLogs().join("\n")).toContain(`  0:  0x${offset} - proxy_on_request_headers`)
  })
  it("name the place in the source", () => {
    const plain = createHost({ module })
    plain.start()
    plain.send({})
    const at = plain.traps[0]?.frames[0]?.offset ?? 0
    const sourceMap = mapOf([
      [at - 4, 12, 5],
      [at, 13, 7],
      [at + 1, 14, 1],
    ])
    const host = createHost({ module, sourceMap, callers: true })
    host.start()
    host.send({})
    expect(host.traps[0]?.frames.map(printFrame)).toEqual(["proxy_on_request_headers (assembly/index.ts:13:7)"])
    expect(host.mistakes.map(({ message }) => message).join()).toContain(
      "unreachable at proxy_on_request_headers (assembly/index.ts:13:7)",
    )
    expect(host.trace({ callers: true })).toContain(
      "[vm->host] env.proxy_log(2, 16, 4) <- proxy_on_request_headers (assembly/index.ts:12:5)",
    )
    expect(host.trace()).toContain("[vm->host] env.proxy_log(2, 16, 4)")
  })
  it("have numbers without a name section", () => {
    const host = createHost({ module: buildGuest({ callbacks: { proxy_on_log: ["trap"] } }) })
    host.start()
    host.send({})
    expect(host.traps[0]?.frames.map(printFrame)).toEqual([expect.stringMatching(/^function \d+ \(0x[0-9a-f]+\)$/)])
  })
})

describe("source maps", () => {
  it.each([
    "",
    "{}",
    "[]",
    "null",
    '{"mappings":1,"sources":[]}',
    '{"mappings":"!","sources":[]}',
    '{"mappings":"gg","sources":[]}',
  ])("refuses %j by name", (sourceMap) => {
    const host = createHost({ module, sourceMap })
    expect(host.mistakes.map(({ code }) => code)).toEqual(["ATT_WASM_SOURCE_MAP"])
  })
  it("finds the last place at or before an offset", () => {
    const find = readSourceMap(
      mapOf([
        [10, 1, 1],
        [20, 300, 40],
        [30, 2, 3],
      ]),
    )
    expect([9, 10, 19, 20, 29, 1000].map((offset) => find?.(offset)?.line)).toEqual([undefined, 1, 1, 300, 300, 2])
  })
  it("never throws", () => {
    fc.assert(fc.property(fc.string(), (text) => void readSourceMap(text)?.(1)))
    const mappings = fc.string({ unit: fc.constantFrom(...digits, ",", ";") })
    fc.assert(
      fc.property(mappings, (text) => void readSourceMap(JSON.stringify({ mappings: text, sources: ["a"] }))?.(1)),
    )
  })
})
