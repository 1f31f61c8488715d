import { spawn } from "node:child_process"
import { once } from "node:events"
import { access, stat } from "node:fs/promises"
import { createServer, get, type ServerResponse } from "node:http"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { beforeAll, describe, expect, it } from "vitest"
import { isRunning, untilGone } from "../test/processes.ts"
import { createBootstrap, createIdleBootstrap } from "./bootstrap.ts"
import { hasExtension, readExtensions } from "./extensions.ts"
import { type FoundEnvoy, findEnvoy } from "./find.ts"
import type { JsonObject } from "./json.ts"
import type { EnvoyLogLine } from "./log-lines.ts"
import { bootstrapAddresses, checkPorts } from "./ports.ts"
import { type RunningEnvoy, type RunOptions, runEnvoy } from "./run.ts"
import { activeRequests } from "./stop.ts"
import { validateBootstrap } from "./validate.ts"

let envoy: FoundEnvoy
beforeAll(async () => {
  envoy = await findEnvoy()
})

const start = (options: Partial<RunOptions> = {}) =>
  runEnvoy({ path: envoy.path, bootstrap: createIdleBootstrap(), concurrency: 1, ...options })

const type = (name: string) => `type.googleapis.com/envoy.${name}`

/** A listener on a port of the system's choice that runs filters and answers or forwards to a port. */
function withListener(filters: readonly JsonObject[], upstreamPort?: number): JsonObject {
  const answer = upstreamPort === undefined ? { direct_response: { status: 200 } } : { route: { cluster: "up" } }
  const manager = {
    "@type": type("extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: "in",
    route_config: { virtual_hosts: [{ name: "all", domains: ["*"], routes: [{ match: { prefix: "/" }, ...answer }] }] },
    http_filters: [
      ...filters,
      { name: "router", typed_config: { "@type": type("extensions.filters.http.router.v3.Router") } },
    ],
  }
  const listener = {
    name: "http",
    address: { socket_address: { address: "127.0.0.1", port_value: 0 } },
    filter_chains: [{ filters: [{ name: "hcm", typed_config: manager }] }],
  }
  const endpoint = { address: { socket_address: { address: "127.0.0.1", port_value: upstreamPort ?? 1 } } }
  const up = { name: "up", load_assignment: { cluster_name: "up", endpoints: [{ lb_endpoints: [{ endpoint }] }] } }
  return { ...createIdleBootstrap(), static_resources: { listeners: [listener], clusters: [up] } }
}

async function boundPort(running: RunningEnvoy): Promise<number> {
  const [listener] = await running.admin.listeners()
  const [address] = listener?.addresses ?? []
  if (address === undefined || !("port" in address)) throw new Error("the listener is not bound")
  return address.port
}

function fetchStatus(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, agent: false }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode))
    }).on("error", reject)
  })
}

describe("runEnvoy", () => {
  it("serves with its admin interface on a private Unix socket", async () => {
    const running = await start()
    expect(running.adminAddress).toEqual({ socketPath: join(running.directory, "admin.sock") })
    expect((await stat(running.directory)).mode & 0o777).toBe(0o700)
    expect((await stat(join(running.directory, "admin.sock"))).mode & 0o077).toBe(0)
    expect(await running.admin.ready()).toBe("LIVE")
    expect((await running.admin.serverInfo()).build).toBe(envoy.build)
    expect((await running.admin.configDump()).configs).toBeInstanceOf(Array)
    expect(await running.admin.initDump()).toEqual(new Map())
    expect((await running.admin.stats({ filter: "^server.live$" })).get("server.live")).toBe(1)
    const first = running.stop()
    expect(running.stop()).toBe(first)
    expect(await first).toEqual({ code: 0, signal: undefined })
    expect(await isRunning(running.pid)).toBe(false)
    await expect(access(running.directory)).rejects.toThrow("ENOENT")
  })

  it("serves with its admin interface on a loopback port, ten at once", async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => start({ admin: "tcp" })))
    expect(new Set(all.map(({ adminAddress }) => JSON.stringify(adminAddress))).size).toBe(10)
    expect(await Promise.all(all.map(({ admin }) => admin.ready()))).toEqual(all.map(() => "LIVE"))
    const ends = await Promise.all(all.map((running) => running.stop()))
    expect(ends).toEqual(all.map(() => ({ code: 0, signal: undefined })))
  })

  it("reads listener port 0 back, and the port counts as in use", async () => {
    await using running = await start({ bootstrap: withListener([]) })
    const port = await boundPort(running)
    expect(await fetchStatus(port)).toBe(200)
    const taken = checkPorts([{ address: "127.0.0.1", port }])
    await expect(taken).rejects.toMatchObject({
      code: "ATT_ENVOY_PORT_IN_USE",
      facts: { port, pid: running.pid, process: "envoy" },
    })
  })

  it("gives the log of a Lua filter parsed", async () => {
    const lines: EnvoyLogLine[] = []
    const source = {
      inline_string: 'function envoy_on_request(h) h:logWarn("seen: " .. h:headers():get(":path") .. "\\n.") end',
    }
    const lua = {
      name: "lua",
      typed_config: { "@type": type("extensions.filters.http.lua.v3.Lua"), default_source_code: source },
    }
    const running = await start({ bootstrap: withListener([lua]), onLog: (line) => lines.push(line) })
    await fetchStatus(await boundPort(running))
    await running.stop()
    const said = lines.find(({ subject }) => subject !== undefined)
    expect(said).toMatchObject({ level: "warning", logger: "lua", subject: { mechanism: "lua", text: "seen: /\n." } })
    expect(lines.filter(({ level }) => level === "raw")).toEqual([])
  })

  it("lets a request in flight end before it stops", async () => {
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<ServerResponse>()
    let requests = 0
    const upstream = createServer((_request, response) => (++requests === 1 ? arrive(response) : response.end()))
    await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve))
    const bound = upstream.address()
    const running = await start({
      bootstrap: withListener([], bound !== null && typeof bound === "object" ? bound.port : 0),
    })
    const port = await boundPort(running)
    const status = fetchStatus(port)
    const response = await arrived
    expect(await activeRequests(running.admin)).toBe(1)
    const stopped = running.stop({ drainMs: 30_000 })
    while (await fetchStatusOrNothing(port));
    response.end("late")
    expect(await status).toBe(200)
    expect(await stopped).toEqual({ code: 0, signal: undefined })
    upstream.close()
  })

  it("gives Envoy's own reason when it does not start", async () => {
    const failed = start({ bootstrap: { ...createIdleBootstrap(), static_resources: { listeners: [{ name: "x" }] } } })
    await expect(failed).rejects.toMatchObject({
      code: "ATT_ENVOY_EXITED",
      message: "Envoy ended with 1 while it started: error adding listener named 'x': address is necessary",
    })
  })

  it("ends an Envoy that does not become live", async () => {
    const bootstrap = createBootstrap({ nodeId: "n", nodeCluster: "c", xds: { socketPath: "/nonexistent/xds.sock" } })
    const failed = start({ bootstrap, startTimeoutMs: 300 })
    await expect(failed).rejects.toMatchObject({ code: "ATT_ENVOY_NOT_LIVE" })
  })

  it("waits only for the admin interface when asked to", async () => {
    const bootstrap = createBootstrap({ nodeId: "n", nodeCluster: "c", xds: { socketPath: "/nonexistent/xds.sock" } })
    await using running = await start({ bootstrap, until: "admin" })
    expect(await running.admin.ready()).toMatch(/INITIALIZING/)
    expect((await running.admin.initDump()).size).toBeGreaterThanOrEqual(0)
    const state = expect.stringContaining("INITIALIZING")
    await expect(running.live(50)).rejects.toMatchObject({ code: "ATT_ENVOY_NOT_LIVE", message: state })
    expect(bootstrapAddresses(bootstrap)).toEqual([])
  })

  it("refuses what is no program, and a path too long for a socket", async () => {
    await expect(start({ path: "/etc/hosts" })).rejects.toMatchObject({ code: "ATT_ENVOY_START_FAILED" })
    const socketPath = `/tmp/${"x".repeat(120)}`
    const failed = start({
      bootstrap: { ...createIdleBootstrap(), admin: { address: { pipe: { path: socketPath } } } },
    })
    await expect(failed).rejects.toMatchObject({ code: "ATT_ENVOY_EXITED" })
  })

  it("is killed by an abort", async () => {
    const stop = new AbortController()
    const running = await start({ signal: stop.signal })
    stop.abort()
    expect(await running.exit).toEqual({ code: undefined, signal: "SIGKILL" })
    await expect(start({ signal: stop.signal })).rejects.toThrow("abort")
  })

  it("dies when our process is killed", async () => {
    const script = fileURLToPath(new URL("../test/run-envoy-and-hang.ts", import.meta.url))
    const parent = spawn(process.execPath, [script, envoy.path], { stdio: ["ignore", "pipe", "inherit"] })
    const [chunk] = await once(parent.stdout, "data")
    const [pid = "", directory = ""] = String(chunk).trim().split(" ")
    expect(await isRunning(Number(pid))).toBe(true)
    parent.kill("SIGKILL")
    await untilGone(Number(pid))
    for (;;)
      if (
        !(await access(directory).then(
          () => true,
          () => false,
        ))
      )
        break
  })
})

describe("validateBootstrap", () => {
  it("passes a control plane's bootstrap of both variants", async () => {
    for (const variant of ["delta", "sotw"] as const) {
      const bootstrap = createBootstrap({ nodeId: "n", nodeCluster: "c", variant, xds: { socketPath: "/run/x.sock" } })
      expect(await validateBootstrap({ path: envoy.path, bootstrap })).toEqual({ ok: true })
    }
  })

  it("gives Envoy's reason", async () => {
    const bootstrap = { ...createIdleBootstrap(), static_resources: { listeners: [{ name: "x" }] } }
    const want = { ok: false, message: "error adding listener named 'x': address is necessary" }
    expect(await validateBootstrap({ path: envoy.path, bootstrap })).toEqual(want)
    const unknown = await validateBootstrap({ path: envoy.path, bootstrap: { nope: 1 } })
    expect(unknown).toMatchObject({ ok: false, message: expect.stringContaining("no such field: 'nope'") })
  })

  it("refuses what cannot be run", async () => {
    const failed = validateBootstrap({ path: "/nonexistent/envoy", bootstrap: {} })
    await expect(failed).rejects.toMatchObject({ code: "ATT_ENVOY_START_FAILED" })
  })
})

describe("readExtensions", () => {
  it("knows what is compiled in", async () => {
    const extensions = await readExtensions(envoy)
    expect(hasExtension(extensions, "envoy.filters.http.lua")).toBe(true)
    expect(hasExtension(extensions, "envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor")).toBe(true)
    expect(hasExtension(extensions, "envoy.filters.http.golang")).toBe(false)
    expect(await readExtensions({ ...envoy, path: "/nonexistent" })).toEqual(extensions)
  })
})

async function fetchStatusOrNothing(port: number): Promise<boolean> {
  return fetchStatus(port).then(
    () => true,
    () => false,
  )
}
