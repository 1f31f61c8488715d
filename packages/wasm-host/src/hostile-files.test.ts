import { describe, expect, it } from "vitest"
import { createHost } from "./host.ts"
import { inspectModule } from "./inspect.ts"
import { buildGuest } from "./testing/guest.ts"

const guest = buildGuest({
  callbacks: { proxy_on_request_headers: [["proxy_log", 2, 16, 4]], proxy_on_log: [] },
  data: { 16: "text" },
  hasNames: true,
})
const magic = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
const file = (...sections: readonly (readonly number[])[]): Uint8Array =>
  Uint8Array.from([...magic, ...sections.flat()])
const section = (id: number, ...content: readonly number[]): readonly number[] => [id, content.length, ...content]
/** A number as large as 32 bits hold. */
const huge = [0xff, 0xff, 0xff, 0xff, 0x0f]
const marker = [1, 26, ...new TextEncoder().encode("proxy_abi_version_0_2_1___"), 0, 0]

/** What a host says of bytes: the code of its refusal, or of what a request came to. */
function outcome(module: Uint8Array): string {
  inspectModule(module)
  const host = createHost({ module, limits: { moduleBytes: 1024 * 1024, memoryPages: 64 } })
  if (host.start().isStarted) host.send({ timeoutMs: 100 })
  return host.mistakes[0]?.code ?? "fine"
}

describe("broken files are refused by name", () => {
  it.each<readonly [what: string, module: Uint8Array, code: string]>([
    ["nothing", new Uint8Array(0), "ATT_WASM_NOT_WASM"],
    ["half a magic", Uint8Array.of(0, 0x61), "ATT_WASM_NOT_WASM"],
    ["text", new TextEncoder().encode("(module)"), "ATT_WASM_NOT_WASM"],
    ["an archive", Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0), "ATT_WASM_NOT_WASM"],
    ["an ELF file", Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0), "ATT_WASM_NOT_WASM"],
    ["version 2", Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0), "ATT_WASM_NOT_WASM"],
    ["a component", Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0), "ATT_WASM_NOT_WASM"],
    ["magic alone", file(), "ATT_WASM_DOES_NOT_LOAD"],
    ["a section without a size", file([1]), "ATT_WASM_NOT_WASM"],
    ["a section longer than the file", file([1, ...huge]), "ATT_WASM_NOT_WASM"],
    ["a size that does not end", file([1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), "ATT_WASM_NOT_WASM"],
    ["too many types", file(section(1, ...huge)), "ATT_WASM_DOES_NOT_LOAD"],
    ["too many parameters", file(section(1, 1, 0x60, ...huge)), "ATT_WASM_DOES_NOT_LOAD"],
    ["a type that is none", file(section(1, 1, 0x42)), "ATT_WASM_DOES_NOT_LOAD"],
    ["too many imports", file(section(2, ...huge)), "ATT_WASM_DOES_NOT_LOAD"],
    ["a name longer than its section", file(section(2, 1, ...huge)), "ATT_WASM_DOES_NOT_LOAD"],
    ["too many functions", file(section(3, ...huge)), "ATT_WASM_DOES_NOT_LOAD"],
    ["too many memories", file(section(5, ...huge)), "ATT_WASM_DOES_NOT_LOAD"],
    ["too many exports", file(section(7, ...huge)), "ATT_WASM_NOT_WASM"],
    ["an export of a function that is not there", file(section(7, ...marker)), "ATT_WASM_DOES_NOT_LOAD"],
    ["a custom section without a name", file([0, 0]), "ATT_WASM_NOT_WASM"],
    ["a custom section with a name too long", file(section(0, ...huge)), "ATT_WASM_NOT_WASM"],
    ["a section of an unknown kind", file(section(77, 1, 2, 3)), "ATT_WASM_DOES_NOT_LOAD"],
    ["sections in a wrong order", file(section(3, 0), section(1, 0)), "ATT_WASM_DOES_NOT_LOAD"],
    ["one section twice", file(section(1, 0), section(1, 0)), "ATT_WASM_DOES_NOT_LOAD"],
    ["an unknown marker", buildGuest({ marker: "proxy_abi_version_9_9_9" }), "ATT_WASM_DOES_NOT_LOAD"],
    ["no marker", buildGuest({ marker: null }), "ATT_WASM_DOES_NOT_LOAD"],
    ["no allocator", buildGuest({ allocator: null }), "ATT_WASM_DOES_NOT_LOAD"],
    ["a memory larger than allowed", buildGuest({ pages: 65 }), "ATT_WASM_DOES_NOT_LOAD"],
    ["a memory larger than there is", buildGuest({ pages: 65_536 }), "ATT_WASM_DOES_NOT_LOAD"],
    ["data beyond the memory", buildGuest({ data: { 131070: "beyond" } }), "ATT_WASM_START_REFUSED"],
    ["an import nobody offers", buildGuest({ imports: [["env", "system", "i32 -> i32"]] }), "ATT_WASM_DOES_NOT_LOAD"],
    [
      "an import of another type",
      buildGuest({ imports: [["env", "proxy_log", "i64 -> i64"]] }),
      "ATT_WASM_DOES_NOT_LOAD",
    ],
    ["a callback of another type", buildGuest({ exports: { proxy_on_tick: "i64 -> i64" } }), "ATT_WASM_DOES_NOT_LOAD"],
    ["more bytes than the limit", new Uint8Array(1024 * 1024 + 1), "ATT_WASM_FILE_TOO_LARGE"],
  ])("%s", (_, module, code) => expect(outcome(module)).toBe(code))
})

describe("a good module cut short", () => {
  it("is refused at every length but its own, or lacks names alone", () => {
    const found = new Map<string, number>()
    for (let length = 0; length < guest.length; length++) {
      const code = outcome(guest.slice(0, length))
      found.set(code, (found.get(code) ?? 0) + 1)
    }
    // Cut exactly before its data or its names it is whole.
    expect(Object.fromEntries(found)).toEqual({
      ATT_WASM_NOT_WASM: expect.any(Number),
      ATT_WASM_DOES_NOT_LOAD: expect.any(Number),
      fine: 2,
    })
  })
})
