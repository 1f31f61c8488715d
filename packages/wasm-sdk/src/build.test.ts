import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { buildAssemblyScript, guestCompilerOptions } from "./build.ts"

const guests = join(import.meta.dirname, "../testdata/assembly")
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wasm-sdk-"))
})
afterAll(() => rm(folder, { recursive: true }))

const alwaysExported = [
  "_initialize",
  "memory",
  "proxy_abi_version_0_2_1",
  "proxy_on_configure",
  "proxy_on_context_create",
  "proxy_on_delete",
  "proxy_on_memory_allocate",
  "proxy_on_vm_start",
]

describe("buildAssemblyScript", { timeout: 60_000 }, () => {
  const started = ["env.proxy_get_buffer_bytes", "env.proxy_get_property", "env.proxy_log"]
  it.each([
    ["empty", [], [], 10],
    ["add-header", ["proxy_on_response_headers"], ["env.proxy_replace_header_map_value"], 11],
  ])("links only what the guest %s uses", async (guest, callbacks, calls, kilobytes) => {
    const result = await buildAssemblyScript(join(guests, `${guest}.ts`), join(folder, `deep/${guest}.wasm`))
    expect(result).toMatchObject({ ok: true, findings: [] })
    if (!result.ok) return
    expect(result.exports).toEqual([...alwaysExported, ...callbacks].toSorted())
    expect(result.imports).toEqual([...started, ...calls].toSorted())
    expect(result.bytes.length).toBeLessThan(kilobytes * 1024)
    expect(new Uint8Array(await readFile(result.path))).toEqual(result.bytes)
  })

  it("tells in the module which SDK made it", async () => {
    const result = await buildAssemblyScript(join(guests, "empty.ts"), join(folder, "named.wasm"))
    const { version } = JSON.parse(await readFile(join(import.meta.dirname, "../package.json"), "utf8")) as {
      readonly version: string
    }
    const text = result.ok ? Buffer.from(result.bytes).toString("latin1") : ""
    expect(text).toContain(
      `producers\x02\x08language\x01\x0eAssemblyScript\x00\x03sdk\x01\x11@attache/wasm-sdk\x05${version}`,
    )
  })

  it("says where a type error is and leaves the last good file", async () => {
    const out = join(folder, "kept.wasm")
    await writeFile(out, "last good")
    const result = await buildAssemblyScript(join(guests, "broken.ts"), out)
    expect(result.ok).toBe(false)
    expect(result.findings).toEqual([
      {
        severity: "error",
        message: "Type 'i32' is not assignable to type '~lib/string/String'.",
        file: join(guests, "broken.ts"),
        line: 5,
        column: 34,
      },
    ])
    expect(await readFile(out, "utf8")).toBe("last good")
  })

  it("warns of a method that is almost a callback, and of no other", async () => {
    const result = await buildAssemblyScript(join(guests, "misspelt.ts"), join(folder, "misspelt.wasm"))
    expect(result.findings).toEqual([
      { severity: "warning", message: "nothing calls Misspelt.onResponseHeader; did you mean onResponseHeaders?" },
      { severity: "warning", message: "nothing calls Misspelt.onRequestheaders; did you mean onRequestHeaders?" },
    ])
  })

  it("refuses imports that Envoy lacks and names the cure", async () => {
    const result = await buildAssemblyScript(join(guests, "date-now.ts"), join(folder, "date.wasm"))
    expect(result.ok).toBe(false)
    expect(result.findings.map((f) => f.message).toSorted()).toEqual([
      "imports env.Date.now, which Envoy does not offer; use currentTimeNanoseconds() instead of Date.now()",
      "imports env.console.log, which Envoy does not offer; use log.info() instead of console",
    ])
  })

  it("reports an entry that does not exist", async () => {
    const result = await buildAssemblyScript(join(folder, "absent.ts"), join(folder, "absent.wasm"))
    expect(result).toMatchObject({ ok: false, findings: [{ severity: "error" }] })
  })

  it("uses the options that the shipped configuration states", async () => {
    const text = await readFile(join(import.meta.dirname, "../asconfig.base.json"), "utf8")
    const { transform, ...options } = (JSON.parse(text) as { options: Record<string, unknown> }).options
    const flags = Object.entries(options).flatMap(([name, value]) =>
      value === true ? [`--${name}`] : [value].flat().flatMap((each) => [`--${name}`, String(each)]),
    )
    expect(transform).toEqual(["@attache/wasm-sdk/transform"])
    expect(flags).toEqual(guestCompilerOptions)
  })
})
