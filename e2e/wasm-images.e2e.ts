// Wasm modules from images through the command: a layout on disk with a signature policy, and `serve` for an Envoy that
// reads no files of the control plane.
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { request } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { createBootstrap, findEnvoy, freePorts, runEnvoy } from "@attache/envoy"
import { createKeyPair, createLayout, packBytes, signImage, writeExtension } from "@attache/oci"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { attacheBeside } from "./attache-command.ts"
import { type Backend, startBackend } from "./backend.ts"
import { createPlace, startCommand } from "./command-process.ts"
import { buildIfStale, send, startGateway } from "./gateway-under-test.ts"
import { backend, extensions, gateway, prefix, route, stream, to } from "./resources.ts"
import { startTagGuest, type TagGuest } from "./tags.ts"

const command = join(import.meta.dirname, "..", "packages", "cli", "bin", "attache.mjs")
const patience = { interval: 20, timeout: 20_000 }

describe("Wasm modules from images", () => {
  let one: Backend
  let guest: TagGuest
  let module: Uint8Array
  let port: number

  beforeAll(async () => {
    buildIfStale()
    one = await startBackend("one")
    guest = await startTagGuest()
    module = new Uint8Array(await (await fetch(guest.url)).arrayBuffer())
  })
  afterAll(async () => {
    await guest[Symbol.asyncDispose]()
    await one[Symbol.asyncDispose]()
  })

  async function temporary(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "attache-images-"))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    return folder
  }

  /** A layout with the guest's image, tagged `dev`. */
  async function layoutWithGuest() {
    const directory = join(await temporary(), "layout")
    const layout = createLayout(directory)
    const files = [packBytes("plugin.wasm", module)]
    const written = await writeExtension(layout, { kind: "wasm", name: "tag", version: "1.0.0", files })
    await layout.tag(written, "dev")
    return { directory, layout, written }
  }

  const files = (url: string, tag = "w0") => {
    const image = { wasm: [{ ...guest.entry(tag), code: { type: "Image", image: { url } } }] }
    return stream(
      ...gateway({ http: port }),
      backend("one", one.port),
      route("plain", [prefix("/plain", { backendRefs: [to("one")] })]),
      route("wasm", [prefix("/wasm", { backendRefs: [to("one")] })]),
      extensions("wasm", { kind: "HTTPRoute", name: "wasm" }, image),
    )
  }
  const orderOf = (body: string) => (JSON.parse(body) as { headers: Record<string, string> }).headers["x-order"]

  /** A configuration that wants a layout signed. */
  async function signedLayout(directory: string) {
    const { privateKey, publicKey } = createKeyPair()
    const folder = await temporary()
    await writeFile(join(folder, "team.pub"), publicKey.export({ type: "spki", format: "pem" }))
    const rules = [{ repository: `oci-layout:${directory}`, keys: ["team.pub"] }]
    const policy = { apiVersion: "attache.dev/v1alpha1", kind: "SignaturePolicy", rules, otherwise: "refuse" }
    const own = { apiVersion: "gateway.envoyproxy.io/v1alpha1", kind: "EnvoyGateway" }
    const config = join(folder, "config.yaml")
    await writeFile(config, stream(own, policy))
    return { folder, config, privateKey }
  }

  it("run from a layout on disk, once who must has signed them", async () => {
    ;[port] = (await freePorts(1)) as [number]
    const { directory, layout, written } = await layoutWithGuest()
    const { privateKey, config } = await signedLayout(directory)
    const parameters = ["--config", config]
    await using gw = await startGateway({ "gateway.yaml": files(`oci-layout:${directory}:dev`) }, parameters)
    await gw.until(port, "/plain", ({ status }) => status === 200)
    expect((await gw.request(port, "/wasm")).status, "unsigned, so closed").toBe(500)
    await signImage(layout, written, { key: privateKey })
    // A connection that was accepted before the new listener stood may be answered by its filters and the new routes.
    await gw.until(port, "/wasm", ({ status, body }) => status === 200 && orderOf(body) === "w0")
  })

  it("run again after their file was damaged and Envoy met it, which costs nobody else anything", async () => {
    ;[port] = (await freePorts(1)) as [number]
    const { directory } = await layoutWithGuest()
    const url = `oci-layout:${directory}:dev`
    await using gw = await startGateway({ "gateway.yaml": files(url) })
    await gw.until(port, "/wasm", ({ status }) => status === 200)
    const folder = join(gw.folder, ".state", "modules")
    const [name = ""] = (await readdir(folder)).filter((each) => each.endsWith(".wasm"))
    await writeFile(join(folder, name), "nothing of it is left")
    await gw.write("gateway.yaml", files(url, "w1"))
    const others = new Set<number>()
    const changed = async () => {
      others.add((await gw.request(port, "/plain")).status)
      const { status, body } = await gw.request(port, "/wasm")
      return status === 200 ? orderOf(body) : status
    }
    await expect.poll(changed, { ...patience, timeout: 60_000 }).toBe("w1")
    expect([...others], gw.output()).toEqual([200])
  })

  it("are judged alike by translate, plan and validate, which names every mistake in a policy", async () => {
    ;[port] = (await freePorts(1)) as [number]
    const { directory, layout, written } = await layoutWithGuest()
    const { privateKey, config, folder } = await signedLayout(directory)
    const [before, after] = [join(folder, "before.yaml"), join(folder, "after.yaml")]
    await writeFile(after, files(`oci-layout:${directory}:dev`))
    await writeFile(before, stream(...gateway({ http: port })))
    const attache = (verb: string, ...more: readonly string[]) =>
      attacheBeside(join(folder, "state"), verb, "-f", after, "--profile", "host", "--config", config, ...more)
    const verbs = [
      ["translate", "--to", "status"],
      ["plan", "--against", before, "--output", "json"],
      ["validate", "--envoy"],
      ["translate", "--output", "json"],
    ] as const
    const ask = () => Promise.all(verbs.map(([verb, ...more]) => attache(verb, ...more)))
    const [status, plan, judged, xds] = await ask()
    expect([status?.code, status?.stdout]).toEqual([0, expect.stringContaining("is not signed")])
    expect([plan?.code, plan?.stdout]).toEqual([0, expect.not.stringContaining("filters.http.wasm")])
    expect([judged?.code, judged?.stdout]).toEqual([3, expect.stringContaining("is not signed")])
    expect([xds?.code, xds?.stdout]).toEqual([0, expect.not.stringContaining(".wasm")])
    await signImage(layout, written, { key: privateKey })
    const [healed, planned, accepted, emitted] = await ask()
    expect([healed?.code, healed?.stdout]).toEqual([0, expect.not.stringContaining("signed")])
    expect([planned?.code, planned?.stdout]).toEqual([0, expect.stringContaining("filters.http.wasm")])
    expect([accepted?.code, accepted?.stdout]).toEqual([0, expect.stringContaining("0 errors")])
    expect([emitted?.code, emitted?.stdout]).toEqual([0, expect.stringMatching(/[0-9a-f]{64}\.wasm/)])

    await writeFile(
      config,
      "apiVersion: attache.dev/v1alpha1\nkind: SignaturePolicy\nrules:\n  - repository: a/*\n    keys: [no.pub]\n",
    )
    const found = await attache("validate", "--output", "json")
    expect(JSON.parse(found.stdout)).toMatchObject({
      ok: false,
      errors: [{ code: "ATT_SIGNATURE_POLICY", file: config, line: 5, field: "rules[0].keys[0]" }],
    })
    const refused = await attache("translate")
    expect([found.code, refused.code, refused.stdout]).toEqual([3, 1, ""])
    expect(refused.stderr).toContain(`${config}:5`)
  })

  it("reach an Envoy that fetches them from serve", async () => {
    ;[port] = (await freePorts(1)) as [number]
    const { directory } = await layoutWithGuest()
    const folder = await temporary()
    await writeFile(join(folder, "gateway.yaml"), files(`oci-layout:${directory}:dev`))
    const addresses = ["--xds-address", "127.0.0.1:0", "--module-address", "127.0.0.1:0"]
    const serving = spawn(process.execPath, [command, "serve", "-f", join(folder, "gateway.yaml"), ...addresses], {
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, ATTACHE_STATE_DIR: join(folder, "state") },
    })
    onTestFinished(() => stopped(serving))
    const said = /^ready xds=(?:http:\/\/)?127\.0\.0\.1:(\d+) .*modules=(http:\/\/127\.0\.0\.1:\d+)$/.exec(
      await firstLine(serving),
    )
    expect(said).not.toBeNull()
    const xds = { host: "127.0.0.1", port: Number(said?.[1]) }
    const envoy = await runEnvoy({
      path: (await findEnvoy()).path,
      bootstrap: createBootstrap({ nodeId: "e2e", nodeCluster: "default/gw", xds }),
      concurrency: 1,
    })
    onTestFinished(() => envoy[Symbol.asyncDispose]())
    await expect.poll(() => ask(port, "/wasm"), patience).toBe("w0")
    expect((await fetch(`${said?.[2]}/guessed.wasm`)).status).toBe(404)
  })

  it("follow a signature policy that is loosened and tightened from one start of serve to the next", async () => {
    const [listener = 0, modules = 0] = await freePorts(2)
    port = listener
    const { directory } = await layoutWithGuest()
    const { folder, config } = await signedLayout(directory)
    const strict = await readFile(config, "utf8")
    using place = createPlace({ "gateway.yaml": files(`oci-layout:${directory}:dev`) })
    const socketPath = join(folder, "xds.sock")
    const start = async () => {
      const addresses = ["--xds-address", `unix:${socketPath}`, "--module-address", `127.0.0.1:${modules}`]
      const serving = startCommand(place, "serve", "--config", config, ...addresses)
      onTestFinished(() => serving[Symbol.asyncDispose]())
      await serving.said(/^ready /m)
      return serving
    }
    let serving = await start()
    const bootstrap = createBootstrap({ nodeId: "e2e", nodeCluster: "default/gw", xds: { socketPath } })
    const envoy = await runEnvoy({ path: (await findEnvoy()).path, bootstrap, concurrency: 1 })
    onTestFinished(() => envoy[Symbol.asyncDispose]())
    const statuses = () =>
      Promise.all(["/plain", "/wasm"].map(async (path) => (await send(port, path).catch(() => undefined))?.status))
    await expect.poll(statuses, patience).toEqual([200, 500])
    for (const [text, wanted] of [
      [strict.replace('"keys":', '"signed":"not-required","keys":'), [200, 200]],
      [strict, [200, 500]],
    ] as const) {
      await serving.end("SIGTERM")
      await writeFile(config, text)
      serving = await start()
      await expect.poll(statuses, { ...patience, message: serving.output() }).toEqual(wanted)
    }
    const told = await attacheBeside(place.state, "status")
    expect([told.stdout, told.stderr].join("\n")).toContain("is not signed")
  })

  it("are at a URL for each gateway, which is worth nothing when its policy is gone", async () => {
    ;[port] = (await freePorts(1)) as [number]
    const { directory } = await layoutWithGuest()
    const entry = { ...guest.entry("w0"), code: { type: "Image", image: { url: `oci-layout:${directory}:dev` } } }
    const renamed = (name: string) =>
      gateway({ http: port }).flatMap((each) => (each.kind === "Gateway" ? [{ ...each, metadata: { name } }] : []))
    const on = (name: string) => extensions(`wasm-${name}`, { kind: "Gateway", name }, { wasm: [entry] })
    const routeOf = (name: string) => {
      const made = route(name, [prefix("/", { backendRefs: [to("one")] })])
      return { ...made, spec: { ...(made.spec as object), parentRefs: [{ name }] } }
    }
    const names = ["ann", "bob"]
    const base = [
      ...gateway({ http: port }),
      ...names.flatMap(renamed),
      backend("one", one.port),
      ...names.map(routeOf),
    ]
    using place = createPlace({ "all.yaml": stream(...base, ...names.map(on)) })
    const addresses = [
      "--xds-address",
      "127.0.0.1:0",
      "--module-address",
      "127.0.0.1:0",
      "--status-address",
      "127.0.0.1:0",
    ]
    await using serving = startCommand(place, "serve", ...addresses)
    await serving.said(/^ready /m)
    const status = /status=\S*(http:\/\/[\d.:]+)/.exec(serving.output())?.[1]
    const urls = async () => {
      const xds = (await (await fetch(`${status}/xds`)).json()) as Readonly<Record<string, unknown>>
      return names.map((name) => /http:[^"]+\.wasm/.exec(JSON.stringify(xds[`default/${name}`]))?.[0])
    }
    const codes = (all: readonly (string | undefined)[]) =>
      Promise.all(all.map(async (url) => (await fetch(url ?? "http://127.0.0.1:1")).status))
    await expect.poll(urls, patience).toEqual([expect.any(String), expect.any(String)])
    const before = await urls()
    expect(before[0]).not.toBe(before[1])
    expect(await codes(before)).toEqual([200, 200])
    place.write("all.yaml", stream(...base, on("bob")))
    await expect.poll(() => codes(before), patience).toEqual([404, 200])
    expect(await urls()).toEqual([undefined, before[1]])
    place.write("all.yaml", stream(...base, ...names.map(on)))
    await expect.poll(() => codes(before), patience).toEqual([200, 200])
  })

  async function ask(at: number, path: string): Promise<string | undefined> {
    const body = await new Promise<string>((resolve) => {
      const call = request({ host: "127.0.0.1", port: at, path, agent: false }, (response) => {
        const chunks: Buffer[] = []
        response.on("data", (chunk: Buffer) => chunks.push(chunk))
        response.on("end", () => resolve(response.statusCode === 200 ? Buffer.concat(chunks).toString() : "{}"))
      })
      call.on("error", () => resolve("{}"))
      call.end()
    })
    return (JSON.parse(body) as { headers?: Record<string, string> }).headers?.["x-order"]
  }
})

function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error("no output")
  return new Promise((resolve) => createInterface({ input: stdout }).once("line", resolve))
}

async function stopped(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once("close", resolve))
  child.kill("SIGTERM")
  await ended
}
