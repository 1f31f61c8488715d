import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { inspectModule } from "./inspect.ts"
import { buildGuest, type GuestSpec } from "./testing/guest.ts"

const base: GuestSpec = { callbacks: { proxy_on_tick: [["proxy_log", 2, 0, 0]] } }

describe("inspectModule", () => {
  it("shows what fits", () => {
    const found = inspectModule(buildGuest({ ...base, hasNames: true }))
    expect(found).toMatchObject({
      isWasm: true,
      abiVersion: "0.2.1",
      allocator: "malloc",
      hasStartSection: false,
      memory: { initialPages: 2 },
      load: { isLikely: true },
      findings: [],
    })
    expect(found.imports).toEqual([
      { name: "env.proxy_log", verdict: "fits", type: "i32 i32 i32 -> i32", envoyType: "i32 i32 i32 -> i32" },
    ])
    expect(found.callbacks).toEqual([
      { name: "malloc", verdict: "fits", type: "i32 -> i32", envoyType: "i32 -> i32" },
      { name: "proxy_on_tick", verdict: "fits", type: "i32 -> void", envoyType: "i32 -> void" },
    ])
  })
  it("reads the SDK that a module names", () => {
    const name = (text: string): readonly number[] => [text.length, ...[...text].map((c) => c.charCodeAt(0))]
    const producers = [...name("producers"), 1, ...name("sdk"), 1, ...name("some-sdk"), ...name("1.2.3")]
    const module = Uint8Array.from([...buildGuest(base), 0, producers.length, ...producers])
    expect(inspectModule(module).origin.sdk).toBe("some-sdk 1.2.3")
  })
  it.each<[string, GuestSpec, string]>([
    ["no marker", { marker: null }, "Missing or unknown Proxy-Wasm ABI version"],
    ["an unknown marker", { marker: "proxy_abi_version_0_3_0" }, "Missing or unknown Proxy-Wasm ABI version"],
    ["no allocator", { allocator: null }, "Wasm VM failed Wasm module is missing malloc function."],
    [
      "an unknown import",
      { imports: [["env", "proxy_nope", "i32 -> i32"]] },
      "Failed to load Wasm module due to a missing import: env.proxy_nope",
    ],
    [
      "an import of another type",
      { imports: [["env", "proxy_done", "i64 -> i32"]] },
      "Failed to load Wasm module due to an import type mismatch: env.proxy_done, want: i64 -> i32, but host exports: void -> i32",
    ],
    [
      "an import of another version",
      { imports: [["env", "proxy_continue_request", "void -> i32"]] },
      "Failed to load Wasm module due to a missing import: env.proxy_continue_request",
    ],
    [
      "a callback of another type",
      { exports: { proxy_on_log: "i32 -> i32" } },
      "Bad function signature for: proxy_on_log, want: i32 -> void, but the module exports: i32 -> i32",
    ],
    [
      "an allocator of another type",
      { allocator: null, exports: { malloc: "i32 i32 -> i32" } },
      "Bad function signature for: malloc, want: i32 -> i32, but the module exports: i32 i32 -> i32",
    ],
  ])("predicts Envoy's line for %s", (_what, spec, line) => {
    const found = inspectModule(buildGuest(spec))
    expect(found.load).toEqual({ isLikely: false, reason: line })
    expect(found.findings.map(({ code }) => code)).toContain("ATT_WASM_DOES_NOT_LOAD")
  })
  it.each<[string, GuestSpec]>([
    ["ATT_WASM_START_SECTION", { startSection: [] }],
    ["ATT_WASM_UNKNOWN_CALLBACK", { exports: { proxy_on_grpc_trailing_metadata: "i32 -> void" } }],
    ["ATT_WASM_START_IGNORED", { exports: { _initialize: "void -> void", _start: "void -> void" } }],
    ["ATT_WASM_MEMORY_TOO_LARGE", { pages: 20000 }],
    ["ATT_WASM_NO_NAMES", {}],
  ])("finds %s", (code, spec) => {
    expect(inspectModule(buildGuest(spec)).findings.map((f) => f.code)).toContain(code)
  })
  it("takes any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (any) => void expect(inspectModule(any).isWasm).toBe(false)),
    )
    expect(inspectModule(new Uint8Array(0)).findings.map(({ code }) => code)).toEqual(["ATT_WASM_NOT_WASM"])
  })
})
