// Accepted, warmed, working: what status and wait say of a real Envoy, when all is well and when something is not.
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { silentLogger } from "@attache/base"
import { freePorts } from "@attache/envoy"
import { createExtProcServer, type ExtProcServer } from "@attache/ext-proc"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { attacheBeside, type CommandResult } from "./attache-command.ts"
import { type Backend, startBackend } from "./backend.ts"
import { type GatewayUnderTest, startGateway } from "./gateway-under-test.ts"
import { type Mood, type MoodyGuest, startMoodyGuest } from "./moody-guest.ts"
import { backend, extensions, gateway, prefix, route, socketBackend, stream, to } from "./resources.ts"

type Document = Readonly<Record<string, unknown>>

interface ShownFact {
  readonly state: string
  readonly lacks: readonly {
    readonly object?: { readonly name: string }
    readonly field?: string
    readonly reason: string
  }[]
}
interface ShownProxy {
  readonly key: string
  readonly accepted: ShownFact
  readonly warmed: ShownFact
  readonly working: ShownFact
}

describe("attache status and wait on a real Envoy", () => {
  let folder: string
  let port: number
  let one: Backend
  let guest: MoodyGuest
  let gw: GatewayUnderTest
  let processor: ExtProcServer

  const serve = async (): Promise<ExtProcServer> => {
    const server = createExtProcServer({
      logger: silentLogger,
      onRequestHeaders: async (headers) => {
        if (headers.has("x-throw")) throw new Error("told to throw")
        if (headers.has("x-hang")) await new Promise((resolve) => setTimeout(resolve, 2_000))
        headers.set("x-by", "processor")
      },
    })
    await server.listen({ unixPath: join(folder, "p.sock") })
    return server
  }
  const policy = (name: string, spec: Document): readonly Document[] => [
    route(name, [prefix(`/${name}`, { backendRefs: [to("one")] })]),
    extensions(name, { kind: "HTTPRoute", name }, spec),
  ]
  const wasm = (name: string, mood: Mood, rest: Document = {}): readonly Document[] =>
    policy(name, { wasm: [guest.entry(mood, rest)] })
  const attache = (...args: readonly string[]): Promise<CommandResult> =>
    attacheBeside(join(gw.folder, ".state"), ...args)
  const proxy = async (): Promise<ShownProxy> => {
    const { stdout } = await attache("status", "-o", "json")
    const [{ status }] = JSON.parse(stdout) as [{ status: { proxies: [ShownProxy] } }]
    return status.proxies[0]
  }
  /** Waits in vain and gives what is missing: `NAME FIELD MESSAGE`. */
  const missing = async (until: string, seconds = "1"): Promise<readonly string[]> => {
    const { code, stdout } = await attache("wait", "--until", until, "--timeout", seconds, "-o", "json")
    const { errors } = JSON.parse(stdout) as {
      errors: { code: string; message: string; object?: { name: string }; field?: string }[]
    }
    expect([code, new Set(errors.map((each) => each.code))]).toEqual([5, new Set(["ATT_CLI_WAIT_TIMEOUT"])])
    return errors.map(({ object, field, message }) => `${object?.name} ${field} ${message}`)
  }
  const change = (...objects: readonly Document[]): Promise<void> => gw.write("changing.yaml", stream(...objects))
  const isServing = async (): Promise<void> => {
    const { code, stderr } = await attache("wait", "--until", "serving", "--timeout", "20")
    expect(code, stderr).toBe(0)
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "attache-serving-"))
    ;[port] = (await freePorts(1)) as [number]
    one = await startBackend("one")
    guest = await startMoodyGuest()
    processor = await serve()
    gw = await startGateway({
      "base.yaml": stream(
        ...gateway({ http: port }),
        backend("one", one.port),
        socketBackend("p", join(folder, "p.sock")),
        ...policy("processed", { extProc: [{ backendRefs: [to("p")], processingMode: { request: {} } }] }),
        ...wasm("steady", "good"),
      ),
      "changing.yaml": stream(...wasm("changing", "good")),
    })
  })
  afterAll(async () => {
    for (const each of [gw, one, guest]) await each?.[Symbol.asyncDispose]()
    await processor.close(0)
    await rm(folder, { recursive: true, force: true })
  })

  it("say so when all is well", async () => {
    const { code, stdout, stderr } = await attache("wait", "--until", "serving", "--timeout", "20", "-o", "json")
    expect(code, stderr).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ until: "serving", proxies: ["default/gw"] })
    expect(await proxy()).toMatchObject({
      accepted: { state: "yes" },
      warmed: { state: "yes" },
      working: { state: "yes" },
    })
    const text = await attache("status")
    expect([text.code, text.stdout.match(/^ {4}accepted.*$/m)?.[0]]).toEqual([
      0,
      "    accepted: yes, warmed: yes, working: yes",
    ])
  })

  it.each<[Mood, string, Document, number, RegExp]>([
    ["breaks", "gives its reason", {}, 503, /told to break.*; its requests get 503/],
    ["breaks", "gives its reason and may fail", { failOpen: true }, 200, /told to break.*; requests pass without it/],
    ["falls", "gives no reason", {}, 503, /proxy_on_request_headers failed: .*unreachable; its requests get 503/],
  ])("find a Wasm plugin that %s and %s, though Envoy accepted it", async (mood, _, rest, status, reason) => {
    await change(...wasm("changing", mood, rest))
    await isServing()
    // A failed plugin may be left out of the very request that shows it: the next one tells what it costs.
    await gw.request(port, "/changing")
    await gw.until(port, "/changing", (answer) => answer.status === status)
    await expect
      .poll(async () => (await proxy()).working.lacks.map(({ object }) => object?.name), { timeout: 10_000 })
      .toEqual(["changing"])
    expect((await missing("serving"))[0]).toMatch(reason)
    expect(await missing("serving")).toEqual([
      expect.stringMatching(/^changing spec\.wasm\[0\] proxy default\/gw is not working: /),
    ])
    expect((await attache("wait", "--until", "warmed")).code).toBe(0)
    expect((await attache("status")).code).toBe(3)
    expect((await gw.request(port, "/steady")).status).toBe(200)
    await change(...wasm("changing", "good"))
    await isServing()
    expect((await gw.request(port, "/changing")).status).toBe(200)
    await expect.poll(gw.output, { timeout: 10_000 }).toContain("working default/gw: nothing has failed any more")
  })

  it("find a Wasm plugin that falls without a request, among those it may be", async () => {
    await change(...wasm("changing", "ticks"))
    await expect.poll(async () => (await proxy()).working.state, { timeout: 10_000 }).toBe("no")
    const [first] = await missing("serving")
    for (const name of ["changing", "steady"])
      expect(first).toContain(`EnvoyExtensionPolicy default/${name} spec.wasm[0]`)
    expect(first).toContain("one of 2 Wasm plugins")
    expect(first).toContain("proxy_on_tick failed")
    // A request tells which of them it is; Envoy writes its access log every now and then.
    await gw.until(port, "/changing", ({ status }) => status === 503)
    await expect
      .poll(async () => (await missing("serving", "0"))[0], { timeout: 10_000 })
      .toMatch(/^changing spec\.wasm\[0\] /)
    await change(...wasm("changing", "good"))
    await isServing()
  })

  it.each<[Mood, Document]>([
    ["refuses", {}],
    ["refuses", { failOpen: true }],
    ["dies", {}],
  ])("name a Wasm plugin that %s to be configured, which Envoy does not accept (%j)", async (mood, rest) => {
    await change(...wasm("changing", mood, rest))
    const named = async (): Promise<string> => (await missing("accepted", "0.2")).join("\n")
    await expect.poll(named, { timeout: 15_000 }).toMatch(/^changing .*not accepted: .*Unable to create Wasm plugin/m)
    expect((await attache("status")).code).toBe(3)
    expect((await gw.request(port, "/steady")).status).toBe(200)
    await change(...wasm("changing", "good"))
    await isServing()
  })

  it("find a dead external processor before a request does, and see it come back", async () => {
    expect((await gw.request(port, "/processed")).body).toContain('"x-by":"processor"')
    await processor.close(0)
    await expect.poll(async () => (await proxy()).working.state, { timeout: 10_000 }).toBe("no")
    expect(await missing("serving")).toEqual([
      expect.stringMatching(/^processed spec\.extProc\[0\] .*nobody listens at .*p\.sock; its requests fail$/),
    ])
    expect((await attache("status")).stdout).toMatch(
      /EnvoyExtensionPolicy default\/processed: Working is false, ExtensionFailed: spec\.extProc\[0\]: nobody listens/,
    )
    expect((await gw.request(port, "/processed")).status).toBe(500)
    processor = await serve()
    await isServing()
    expect((await gw.request(port, "/processed")).status).toBe(200)
  })

  it.each([
    ["fails every stream", "x-throw", /the last \d+ streams failed/],
    ["hangs", "x-hang", /the last \d+ messages were not answered in time/],
  ])("find an external processor that %s, and forget it when it serves", async (_, header, reason) => {
    const fail = async (): Promise<void> =>
      void (await Promise.all([1, 2, 3].map(() => gw.request(port, "/processed", { headers: { [header]: "1" } }))))
    await isServing()
    await fail()
    const found = async (): Promise<string> => (await proxy()).working.lacks.map((lack) => lack.reason).join("\n")
    await expect.poll(found, { timeout: 10_000 }).toMatch(reason)
    await gw.until(port, "/processed", ({ status }) => status === 200)
    await isServing()
  })

  it("tell nothing of an instance that is not there", async () => {
    const gone = await attache("wait", "--instance", "nobody", "--timeout", "0.3")
    expect([gone.code, gone.stderr]).toEqual([5, expect.stringContaining("no instance nobody is running")])
    expect((await attache("wait", "--until", "tomorrow")).code).toBe(2)
    expect((await attache("wait", "--timeout", "soon")).code).toBe(2)
  })
})
