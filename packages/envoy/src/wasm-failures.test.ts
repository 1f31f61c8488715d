import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseLogLine } from "./log-lines.ts"
import { createWasmFailureReader, type WasmFailure } from "./wasm-failures.ts"

/** `THREAD LEVEL LOGGER MESSAGE`, a millisecond apart unless `+N` stands in front. */
function failures(...lines: readonly string[]): readonly WasmFailure[] {
  const reader = createWasmFailureReader()
  let time = 1_000_000
  return lines.flatMap((line) => {
    const [, gap, thread = "", level = "", logger = "", message = ""] =
      /^(?:\+(\d+) )?(\d+) (\w+) (\w+) (.*)$/s.exec(line) ?? []
    time += Number(gap ?? 1)
    const text = `${(time / 1000).toFixed(3)}\t${level}\t${logger}\t${thread}\tsource/a.cc:1\t${JSON.stringify(message).slice(1, -1)}`
    const found = reader.read(parseLogLine(text))
    return found === undefined ? [] : [found]
  })
}

const trap = "Function: proxy_on_request_headers failed: Uncaught RuntimeError: unreachable"

describe("createWasmFailureReader", () => {
  it("tells a plugin that could not be loaded, with all reasons of its thread", () => {
    expect(
      failures(
        "7 error wasm Wasm VM failed Failed to parse corrupted Wasm module",
        "8 error wasm Wasm VM failed of another thread",
        "7 error wasm Wasm VM failed Failed to load Wasm code",
        "7 critical wasm Plugin my plugin failed to load",
        "7 critical wasm Plugin configured to fail closed failed to load",
      ),
    ).toEqual([
      {
        type: "load",
        plugin: "my plugin",
        timeMs: 1_000_004,
        reason: "Failed to parse corrupted Wasm module; Failed to load Wasm code",
      },
    ])
    expect(failures("7 critical wasm Plugin p failed to load")).toMatchObject([{ reason: "Envoy could not load it" }])
  })

  it("tells a plugin that broke off, without the backtrace", () => {
    const wanted = { type: "trap", timeMs: 1_000_001, reason: trap.slice("Function: ".length) }
    expect(failures(`7 error wasm ${trap}\nProxy-Wasm plugin in-VM backtrace:\n  0: 0x1 - f`)).toEqual([wanted])
  })

  it.each<[string, readonly string[], Partial<WasmFailure> | undefined]>([
    ["who spoke last on the thread", ["7 critical wasm wasm log a r v: panicked"], { prefix: "a r v" }],
    ["nobody when the words are old", ["7 critical wasm wasm log a r v: x", "+30 8 info main y"], undefined],
    ["nobody when somebody else spoke since", ["7 critical wasm wasm log a r v: x", "7 info main y"], undefined],
    ["nobody when it was mere talk", ["7 info wasm wasm log a r v: x"], undefined],
    ["nobody of another thread", ["8 error wasm wasm log a r v: x"], undefined],
  ])("of a trap it tells %s", (_, lines, wanted) => {
    const [found] = failures(...lines, `7 error wasm ${trap}`)
    expect(found?.prefix).toBe(wanted?.prefix)
    if (wanted !== undefined) expect(found?.reason).toContain("it said: panicked")
  })

  it("does not mix up reasons of two plugins", () => {
    const [, second] = failures(
      "7 error wasm Wasm VM failed one",
      "7 critical wasm Plugin a failed to load",
      "7 critical wasm Plugin b failed to load",
    )
    expect(second).toMatchObject({ plugin: "b", reason: "Envoy could not load it" })
  })

  it("never throws, and reads nothing without time and thread", () => {
    const reader = createWasmFailureReader()
    fc.assert(fc.property(fc.string(), (line) => reader.read(parseLogLine(line)) === undefined))
  })
})
