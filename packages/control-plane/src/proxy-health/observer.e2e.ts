// What a real Envoy logs and shows of code that it fetches itself: it accepts the listener before it has seen it.
import { createHash } from "node:crypto"
import { createServer, request } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { systemClock } from "@attache/base"
import { createBootstrap, type EnvoyLogLine, findEnvoy, freePorts, type JsonObject, runEnvoy } from "@attache/envoy"
import { encode, fromJson, messageSchema, resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { createSnapshot, createXdsServer, type Snapshot } from "@attache/xds-server"
import { describe, expect, it, onTestFinished } from "vitest"
import { temporaryDirectory } from "../../test/temporary-directory.ts"
import { wasmGuest } from "../../test/wasm-guest.ts"
import { createObserver, type Observer } from "./observer.ts"

const type = (name: string): string => `type.googleapis.com/envoy.extensions.filters.${name}`
const good = wasmGuest("good")
const broken = Buffer.from("no module")
const filterName = "envoy.filters.http.wasm/envoyextensionpolicy/ns/remote/wasm/0"

interface Code {
  readonly path: string
  readonly bytes: Uint8Array
  readonly isOpen?: boolean
}

function listener(port: number, modules: number, { path, bytes, isOpen = false }: Code): JsonObject {
  const remote = {
    httpUri: { uri: `http://127.0.0.1:${modules}${path}`, cluster: "modules", timeout: "5s" },
    sha256: createHash("sha256").update(bytes).digest("hex"),
    retryPolicy: { numRetries: 0 },
  }
  const config = {
    name: "remote",
    vmConfig: { vmId: "envoyextensionpolicy/ns/remote/wasm/0", runtime: "envoy.wasm.runtime.v8", code: { remote } },
    failurePolicy: isOpen ? "FAIL_OPEN" : "FAIL_CLOSED",
  }
  const manager = {
    "@type": type("network.http_connection_manager.v3.HttpConnectionManager"),
    statPrefix: "http",
    routeConfig: {
      name: "r",
      virtualHosts: [
        { name: "v", domains: ["*"], routes: [{ match: { prefix: "/" }, directResponse: { status: 200 } }] },
      ],
    },
    httpFilters: [
      { name: filterName, typedConfig: { "@type": type("http.wasm.v3.Wasm"), config } },
      { name: "router", typedConfig: { "@type": type("http.router.v3.Router") } },
    ],
  }
  return {
    name: "l",
    address: { socketAddress: { address: "127.0.0.1", portValue: port } },
    filterChains: [{ filters: [{ name: "hcm", typedConfig: manager }] }],
  }
}

function encoded(typeUrl: string, json: JsonObject): { readonly name: string; readonly bytes: Uint8Array } {
  const schema = messageSchema(typeUrl.slice(typeUrl.indexOf("/") + 1))
  return { name: String(json.name), bytes: encode(schema, fromJson(schema, json)) }
}

async function setUp() {
  const folder = await temporaryDirectory()
  onTestFinished(() => folder[Symbol.asyncDispose]())
  let release = (): void => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  const modules = createServer(({ url }, response) => {
    const path = url ?? ""
    const bytes = path === "/broken" ? broken : good
    if (path === "/missing") response.writeHead(404).end()
    else if (path === "/never") return
    else if (path === "/held") void held.then(() => response.end(bytes))
    else response.end(bytes)
  })
  await new Promise<void>((resolve) => modules.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    modules.close()
    modules.closeAllConnections()
  })
  const modulesPort = (modules.address() as AddressInfo).port
  const [port = 0] = await freePorts(1)
  const xds = createXdsServer()
  onTestFinished(() => xds.close())
  const socketPath = join(folder.path, "x.sock")
  await xds.listen({ unixPath: socketPath })
  const endpoint = { address: { socketAddress: { address: "127.0.0.1", portValue: modulesPort } } }
  const cluster = {
    name: "modules",
    loadAssignment: { clusterName: "modules", endpoints: [{ lbEndpoints: [{ endpoint }] }] },
  }
  const offer = (code?: Code, more: readonly JsonObject[] = []): Snapshot => {
    const listeners = code === undefined ? [] : [listener(port, modulesPort, code)]
    const snapshot = createSnapshot({
      [typeUrls.cluster]: [cluster, ...more].map((json) => encoded(typeUrls.cluster, json)),
      [typeUrls.listener]: listeners.map((json) => encoded(typeUrls.listener, json)),
    })
    xds.setSnapshot("proxy", snapshot)
    return snapshot
  }
  offer()
  let observer: Observer | undefined
  const early: EnvoyLogLine[] = []
  const envoy = await runEnvoy({
    path: (await findEnvoy()).path,
    bootstrap: createBootstrap({ nodeId: "n", nodeCluster: "proxy", xds: { socketPath } }),
    concurrency: 1,
    logLevel: "warning",
    onLog: (line) => (observer === undefined ? early.push(line) : observer.note(line)),
  })
  onTestFinished(() => envoy[Symbol.asyncDispose]())
  const watching = createObserver({ admin: envoy.admin, clock: systemClock })
  observer = watching
  onTestFinished(() => watching.close())
  /** On a connection of its own: an old one may still be of the listener before. */
  const get = (): Promise<number> =>
    new Promise((resolve) => {
      const call = request({ host: "127.0.0.1", port, agent: false }, (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
      call.on("error", () => resolve(0))
      call.end()
    })
  const check = { timeout: "60s", interval: "60s", unhealthyThreshold: 1, healthyThreshold: 1 }
  const unanswered = {
    ...cluster,
    name: "unanswered",
    healthChecks: [{ ...check, httpHealthCheck: { path: "/never" } }],
  }
  return { offer, get, release, unanswered, look: () => watching.look() }
}

const soon = { timeout: 15_000, interval: 20 }

describe("an observer of a real Envoy", () => {
  it.each<[string, Code, number, RegExp]>([
    [
      "no module",
      { path: "/broken", bytes: broken },
      503,
      /Failed to parse corrupted Wasm module.*; its requests get 503/,
    ],
    ["no module and may fail", { path: "/broken", bytes: broken, isOpen: true }, 200, /; requests pass without it/],
    [
      "not there",
      { path: "/missing", bytes: wasmGuest("missing") },
      503,
      /Envoy could not load it; its requests get 503/,
    ],
    ["another one than it should be", { path: "/good", bytes: broken }, 503, /Envoy could not load it/],
  ])(
    "finds remote code that is %s, though the listener is accepted, and forgets it when it is replaced",
    async (_, code, status, reason) => {
      const { offer, get, look } = await setUp()
      offer(code)
      const working = async (): Promise<string> => (await look()).working.state
      await expect.poll(working, soon).toBe("no")
      const { lacks } = (await look()).working
      expect(lacks).toMatchObject([
        { object: { name: "remote" }, field: "spec.wasm[0]", reason: expect.stringMatching(reason) },
      ])
      expect(await get()).toBe(status)
      offer({ path: "/good", bytes: good })
      await expect.poll(working, soon).toBe("yes")
      expect(await get()).toBe(200)
    },
  )

  it("names what warms, and what it waits for", async () => {
    const { offer, get, look, release, unanswered } = await setUp()
    offer({ path: "/held", bytes: good })
    const warming = async (): Promise<readonly string[]> =>
      (await look()).warmed.lacks.map(({ subject, reason }) => `${subject}: ${reason}`)
    await expect.poll(warming, soon).toEqual(["Listener l: it warms, waiting for RemoteAsyncDataProvider"])
    release()
    await expect.poll(warming, soon).toEqual([])
    await expect.poll(get, soon).toBe(200)
    offer({ path: "/held", bytes: good }, [unanswered])
    await expect.poll(warming, soon).toContainEqual(expect.stringMatching(/^Cluster unanswered: it warms/))
  })
})
