// Extensions that cannot be had or fail: what closes, what stays open, and that nobody else is taken along.
import { freePorts } from "@attache/envoy"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Backend, startBackend } from "./backend.ts"
import { type GatewayUnderTest, startGateway } from "./gateway-under-test.ts"
import { backend, extensions, gateway, prefix, route, stream, to } from "./resources.ts"
import { luaTag, startTagGuest, startTagProcessor, type TagGuest, type TagProcessor } from "./tags.ts"

type Document = Readonly<Record<string, unknown>>

const lua = (inline: string): Document => ({ type: "Inline", inline })
const open = { failOpen: true }

describe("extensions that fail on a real Envoy", () => {
  let one: Backend
  let guest: TagGuest
  let processor: TagProcessor
  let gw: GatewayUnderTest
  let port: number

  const base = (): string =>
    stream(
      ...gateway({ http: port }),
      backend("one", one.port),
      processor.backend,
      route("healthy", [prefix("/healthy", { backendRefs: [to("one")] })]),
      extensions("healthy", { kind: "HTTPRoute", name: "healthy" }, { lua: [luaTag("l0")] }),
    )
  /** A route on `/NAME` with a policy. */
  const policies = (specs: Readonly<Record<string, Document>>): string =>
    stream(
      ...Object.entries(specs).flatMap(([name, spec]) => [
        route(name, [prefix(`/${name}`, { backendRefs: [to("one")] })]),
        extensions(name, { kind: "HTTPRoute", name }, spec),
      ]),
    )
  /** Tags that a request met, or the status when it is not 200. */
  const outcome = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<string | number> => {
    const { status, body } = await gw.request(port, path, { headers })
    if (status !== 200) return status
    return (JSON.parse(body) as { headers: Record<string, string> }).headers["x-order"] ?? ""
  }

  beforeAll(async () => {
    ;[port] = (await freePorts(1)) as [number]
    one = await startBackend("one")
    guest = await startTagGuest()
    processor = await startTagProcessor("e0")
    const missing = (rest: Document = {}) => guest.entry("missing", rest, guest.missingUrl)
    const nobody = { backendRefs: [to("absent")], processingMode: { request: {} } }
    gw = await startGateway({
      "base.yaml": base(),
      "policies.yaml": policies({
        "missing-wasm": { wasm: [missing()], extProc: [processor.entry] },
        "missing-wasm-open": { wasm: [missing(open)], extProc: [processor.entry], lua: [luaTag("l0")] },
        "one-wasm-of-three": { wasm: [guest.entry("w0"), missing(open), guest.entry("w2")] },
        "missing-both": { wasm: [missing(open), missing()] },
        "missing-processor": { extProc: [nobody], wasm: [guest.entry("w0")] },
        "missing-processor-open": { extProc: [{ ...nobody, ...open }, processor.entry], wasm: [guest.entry("w0")] },
        traps: { wasm: [guest.entry("w0")] },
        "traps-open": { wasm: [guest.entry("w0", open), guest.entry("w1")] },
        "broken-lua": { lua: [lua("function envoy_on_request(")], extProc: [processor.entry] },
        "useless-lua": { lua: [lua("function nothing() end")] },
        "one-lua-of-two": { lua: [luaTag("l0"), lua("function envoy_on_request(handle) return 1 2 end")] },
        "failing-lua": { lua: [lua("function envoy_on_request(handle) error('no luck') end"), luaTag("l1")] },
        "unknown-configmap": {
          lua: [{ type: "ValueRef", valueRef: { group: "", kind: "ConfigMap", name: "absent" } }],
        },
      }),
      "replaced.yaml": policies({ replaced: { wasm: [guest.entry("w0")] } }),
    })
  })
  afterAll(async () => {
    for (const each of [gw, one, guest, processor]) await each?.[Symbol.asyncDispose]()
  })

  it.each<readonly [string, string, string | number]>([
    ["closes its route when a Wasm module is missing", "missing-wasm", 500],
    ["keeps its other extensions when a missing Wasm module may fail open", "missing-wasm-open", "l0 e0"],
    ["keeps its other Wasm modules when one is missing and may fail open", "one-wasm-of-three", "w0 w2"],
    ["closes its route when one of two missing modules may not fail open", "missing-both", 500],
    ["closes its route when the Backend of a processor is missing", "missing-processor", 500],
    ["keeps its other extensions when that processor may fail open", "missing-processor-open", "e0 w0"],
    ["closes a route whose script is broken", "broken-lua", 500],
    ["closes a route whose script defines nothing that Envoy calls", "useless-lua", 500],
    ["closes a route of whose scripts one is broken", "one-lua-of-two", 500],
    ["closes a route whose script is nowhere", "unknown-configmap", 500],
    ["goes on behind a script that fails when it runs", "failing-lua", "l1"],
  ])("a policy %s", async (_, path, wanted) => {
    expect([await outcome(`/${path}`), await outcome("/healthy")]).toEqual([wanted, "l0"])
  })

  it("a guest that traps closes its route or leaves it open, as its entry says", async () => {
    expect(await outcome("/traps")).toBe("w0")
    expect(await outcome("/traps-open")).toBe("w0 w1")
    expect(await outcome("/traps", { "x-trap": "1" })).toBe(503)
    expect(await outcome("/healthy", { "x-trap": "1" })).toBe("l0")
  })

  it("a module stays while the one that should replace it does not come, and goes when there is none", async () => {
    const replace = (tag: string, url?: string) =>
      gw.write(
        "replaced.yaml",
        policies({ replaced: { wasm: [guest.entry(tag, {}, url)], extProc: [processor.entry] } }),
      )
    expect(await outcome("/replaced")).toBe("w0")
    await replace("w1", guest.troubledUrl)
    // The processor is new; the module is the old one, and so is its configuration.
    await gw.until(port, "/replaced", ({ body }) => body.includes('"x-order":"e0 w0"'))
    await replace("w2", guest.missingUrl)
    await gw.until(port, "/replaced", ({ status }) => status === 500)
    await replace("w3")
    await gw.until(port, "/replaced", ({ body }) => body.includes('"x-order":"e0 w3"'))
  })
})
