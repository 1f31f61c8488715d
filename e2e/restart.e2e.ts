// Ends of the control plane and of Envoy: what was known before is known after, and requests go on where an Envoy does.
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createBootstrap, findEnvoy, freePorts, runEnvoy } from "@attache/envoy"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Backend, startBackend } from "./backend.ts"
import { createPlace, startCommand } from "./command-process.ts"
import { send, untilAnswer } from "./gateway-under-test.ts"
import { statusOf } from "./instance-status.ts"
import { childOf } from "./process-tree.ts"
import { backend, gateway, prefix, route, stream, to } from "./resources.ts"

let one: Backend
beforeAll(async () => {
  one = await startBackend("one")
})
afterAll(() => one[Symbol.asyncDispose]())

const ready = /^ready in /m
const withHeader = (value: string) =>
  route("bad", [
    prefix("/bad", {
      backendRefs: [to("one")],
      filters: [{ type: "RequestHeaderModifier", requestHeaderModifier: { set: [{ name: "x", value }] } }],
    }),
  ])
const refused = withHeader("%NOSUCH(x)%")
const steady = (port: number, path = "/steady"): string =>
  stream(
    ...gateway({ http: port }),
    backend("one", one.port),
    route("steady", [prefix(path, { backendRefs: [to("one")] })]),
  )
const more = (): string => stream(route("more", [prefix("/more", { backendRefs: [to("one")] })]))
const is =
  (wanted: number) =>
  ({ status }: { readonly status: number }) =>
    status === wanted

describe("attache run, started again", () => {
  it.each(["SIGINT", "SIGKILL"] as const)("after %s: what Envoy refused is not offered again", async (signal) => {
    const [port] = (await freePorts(1)) as [number]
    using place = createPlace({ "base.yaml": steady(port), "bad.yaml": stream(refused) })
    const first = startCommand(place, "run")
    await first.said(/withdrawn HTTPRoute\/default\/bad/)
    await untilAnswer(port, "/bad", is(500), { context: first.output })
    expect(first.output()).toMatch(/envoy warning .*rejected.*NOSUCH/)
    await first.end(signal)
    await using second = startCommand(place, "run")
    await second.said(ready)
    await untilAnswer(port, "/steady", is(200), { context: second.output })
    expect((await send(port, "/bad")).status).toBe(500)
    expect(second.output()).not.toMatch(/rejected/)
    place.write("bad.yaml", stream(route("bad", [prefix("/bad", { backendRefs: [to("one")] })])))
    await untilAnswer(port, "/bad", is(200), { context: second.output })
  })

  it.each<[string, Readonly<Record<string, unknown>> | undefined, number, RegExp | undefined]>([
    ["repaired", withHeader("good"), 200, undefined],
    ["taken away", undefined, 404, undefined],
    ["refused for another reason", withHeader("%OTHER%"), 500, /withdrawn HTTPRoute\/default\/bad .*OTHER/],
  ])("after what Envoy refused was %s while nobody looked: it has that", async (_, now, status, said) => {
    const [port] = (await freePorts(1)) as [number]
    using place = createPlace({ "base.yaml": steady(port), "bad.yaml": stream(refused) })
    const first = startCommand(place, "run")
    await first.said(/withdrawn HTTPRoute\/default\/bad/)
    await first.end("SIGKILL")
    place.write("bad.yaml", now === undefined ? "" : stream(now))
    await using second = startCommand(place, "run")
    if (said !== undefined) await second.said(said)
    await untilAnswer(port, "/steady", is(200), { context: second.output })
    await untilAnswer(port, "/bad", is(status), { context: second.output })
    const { quarantine } = await statusOf(place)
    expect(quarantine.map(({ message }) => message)).toEqual(
      said === undefined ? [] : [expect.stringContaining("OTHER")],
    )
  })

  it("while its files are broken: it serves what was good", async () => {
    const [port] = (await freePorts(1)) as [number]
    using place = createPlace({ "base.yaml": steady(port) })
    const first = startCommand(place, "run")
    await first.said(ready)
    await first.end("SIGINT")
    place.write("base.yaml", "kind: HTTPRoute\n  broken: [")
    await using second = startCommand(place, "run")
    await second.said(ready)
    await untilAnswer(port, "/steady", is(200), { context: second.output })
    expect(second.output()).toMatch(/base\.yaml:2/)
  })

  it("while its state folder is full: it serves, and says what it cannot keep", async () => {
    const [port] = (await freePorts(1)) as [number]
    using state = mountFull()
    // Who may not mount cannot have a disk of its own filled.
    if (state === undefined) return console.log("left out: only root mounts a file system")
    using place = createPlace({ "base.yaml": steady(port), "bad.yaml": stream(refused) }, state.path)
    const first = startCommand(place, "run")
    await first.said(ready)
    expect(first.output()).toMatch(/does not find this instance/)
    await untilAnswer(port, "/steady", is(200), { context: first.output })
    await untilAnswer(port, "/bad", is(500), { context: first.output })
    await first.said(/quarantine cannot be kept/)
    place.write("base.yaml", steady(port, "/other"))
    await untilAnswer(port, "/other", is(200), { context: first.output })
    await first.end("SIGKILL")
    await using second = startCommand(place, "run")
    await second.said(ready)
    await untilAnswer(port, "/other", is(200), { context: second.output })
    expect(leftovers(state.path)).toEqual([])
  })

  it("while its state folder is not what it should be: it serves, and says what it cannot keep", async () => {
    const [port] = (await freePorts(1)) as [number]
    using place = createPlace({ "base.yaml": steady(port), "bad.yaml": stream(refused) })
    mkdirSync(join(place.state, "quarantine.json"), { recursive: true })
    for (const name of ["instances", "last-good"]) writeFileSync(join(place.state, name), "no folder")
    await using run = startCommand(place, "run")
    await run.said(ready)
    await untilAnswer(port, "/steady", is(200), { context: run.output })
    await untilAnswer(port, "/bad", is(500), { context: run.output })
    for (const text of [/does not find this instance/, /last good input cannot be kept/, /quarantine cannot be kept/])
      await run.said(text)
  })

  it("after a file went while nobody looked: what it held does not come back with a broken file of its name", async () => {
    const [port] = (await freePorts(1)) as [number]
    using place = createPlace({ "base.yaml": steady(port), "more.yaml": more() })
    const first = startCommand(place, "run")
    await first.said(ready)
    await untilAnswer(port, "/more", is(200), { context: first.output })
    await first.end("SIGINT")
    rmSync(join(place.folder, "more.yaml"))
    const second = startCommand(place, "run")
    await second.said(ready)
    await second.end("SIGINT")
    place.write("more.yaml", "kind: [")
    await using third = startCommand(place, "run")
    await third.said(ready)
    await untilAnswer(port, "/steady", is(200), { context: third.output })
    expect((await send(port, "/more")).status).toBe(404)
  })
})

describe("an Envoy that ends by itself", () => {
  it("is started again, and has the state of now", async () => {
    const [port] = (await freePorts(1)) as [number]
    using place = createPlace({ "base.yaml": steady(port) })
    await using run = startCommand(place, "run")
    await run.said(ready)
    for (const [times, path] of ["/one", "/two"].entries()) {
      process.kill(childOf(run.pid, "envoy"), "SIGKILL")
      place.write("base.yaml", steady(port, path))
      await run.said(new RegExp(`(envoy ended default/gw \\(SIGKILL\\)[^]*){${times + 1}}`))
      await untilAnswer(port, path, is(200), { context: run.output })
    }
    expect(await run.end("SIGINT")).toBe(130)
  })
})

describe("an Envoy of somebody else's", () => {
  it("serves on while the control plane is away, connects again, and replaces nothing", async () => {
    const [port] = (await freePorts(1)) as [number]
    using place = createPlace({ "base.yaml": steady(port), "bad.yaml": stream(refused) })
    const socketPath = join(place.folder, "xds.sock")
    const serve = () => startCommand(place, "serve", "--xds-address", `unix:${socketPath}`)
    const first = serve()
    await first.said(/^ready xds=/m)
    const { path } = await findEnvoy({ offline: true })
    await using envoy = await runEnvoy({
      path,
      bootstrap: createBootstrap({ nodeId: "own", nodeCluster: "default/gw", xds: { socketPath } }),
      logLevel: "error",
    })
    await untilAnswer(port, "/steady", is(200), { context: first.output })
    await untilAnswer(port, "/bad", is(500), { context: first.output })
    const failures: number[] = []
    let isRunning = true
    let requests = 0
    const load = (async () => {
      while (isRunning) {
        const { status } = await send(port, "/steady").catch(() => ({ status: 0 }))
        requests++
        if (status !== 200) failures.push(status)
      }
    })()
    const before = await counters(envoy.admin)
    await first.end("SIGKILL")
    rmSync(socketPath, { force: true })
    await using second = serve()
    await second.said(/^ready xds=/m)
    place.write("more.yaml", more())
    await untilAnswer(port, "/more", is(200), { context: second.output })
    isRunning = false
    await load
    expect(failures).toEqual([])
    expect(requests).toBeGreaterThan(0)
    expect(await counters(envoy.admin)).toEqual(before)
  })
})

/** What grows when a listener or cluster is replaced, drained or refused. */
async function counters(admin: {
  stats(options: { filter: string }): Promise<ReadonlyMap<string, number>>
}): Promise<Readonly<Record<string, number>>> {
  const filter = "^listener_manager\\.(listener_added|listener_modified|listener_removed|total_listeners_draining)$"
  return Object.fromEntries(await admin.stats({ filter }))
}

/** Files that a write has left half done. */
function leftovers(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".new"))
}

interface StateFolder extends Disposable {
  readonly path: string
}

/** A file system without room; undefined where it cannot be mounted. */
function mountFull(): StateFolder | undefined {
  const path = mkdtempSync(join(tmpdir(), "attache-full-"))
  const remove = (): void => rmSync(path, { recursive: true, force: true })
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=4k", "none", path]).status !== 0) {
    remove()
    return undefined
  }
  writeFileSync(join(path, "filler"), Buffer.alloc(4096))
  return {
    path,
    [Symbol.dispose]: () => {
      spawnSync("umount", ["-l", path])
      remove()
    },
  }
}
