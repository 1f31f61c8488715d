// Edits of files while requests run: nobody notices but those who should.
import { rm } from "node:fs/promises"
import { join } from "node:path"
import { freePorts } from "@attache/envoy"
import { expect, it } from "vitest"
import { startBackend } from "./backend.ts"
import { printDurations } from "./durations.ts"
import { startGateway } from "./gateway-under-test.ts"
import { backend, extensions, gateway, prefix, route, stream, to } from "./resources.ts"

const script = (value: string): string =>
  `function envoy_on_response(handle) handle:headers():replace("x-edit", "${value}") end`

it("takes fifty edits of routes, scripts and endpoints under load without a failed request", async () => {
  const [port] = (await freePorts(1)) as [number]
  await using one = await startBackend("one")
  await using two = await startBackend("two")
  const base = stream(
    ...gateway({ http: port }),
    route("steady", [prefix("/steady", { backendRefs: [to("one")] })]),
    backend("one", one.port),
  )
  const edited = (n: number): string =>
    stream(
      backend("moving", n % 2 === 0 ? one.port : two.port),
      route("edited", [
        prefix("/edited", { backendRefs: [to("moving")] }),
        prefix(`/only-${n}`, { backendRefs: [to("one")] }),
      ]),
      extensions(
        "script",
        { kind: "HTTPRoute", name: "edited" },
        { lua: [{ type: "Inline", inline: script(String(n)) }] },
      ),
    )
  await using gw = await startGateway({ "base.yaml": base, "edited.yaml": edited(0) })
  let isRunning = true
  let requests = 0
  const failures: string[] = []
  const load = Array.from({ length: 4 }, async () => {
    while (isRunning) {
      const answer = await gw.request(port, "/steady").catch((error: unknown) => ({ status: 0, body: String(error) }))
      requests++
      if (answer.status !== 200) failures.push(`${answer.status} ${answer.body.slice(0, 200)}`)
    }
  })
  const untilScript: number[] = []
  const untilAll: number[] = []
  for (let n = 1; n <= 50; n++) {
    await gw.write("edited.yaml", edited(n))
    const saved = performance.now()
    await gw.until(port, `/edited`, ({ headers }) => headers["x-edit"] === String(n))
    untilScript.push(performance.now() - saved)
    const moved = await gw.until(port, "/edited", ({ body }) => body.includes(n % 2 === 0 ? '"one"' : '"two"'))
    expect(moved.status).toBe(200)
    await gw.until(port, `/only-${n}`, ({ status }) => status === 200)
    untilAll.push(performance.now() - saved)
  }
  isRunning = false
  await Promise.all(load)
  printDurations("save to the edited script's answer", untilScript)
  printDurations("save to script, route and endpoint", untilAll)
  console.log(`${requests} requests beside the edits, ${failures.length} failed`)
  expect(failures).toEqual([])
  expect(gw.output()).toMatch(/^ {2}drains listener \S+\/http$/m)
  expect(requests).toBeGreaterThan(100)
})

it("keeps the last good objects of a broken file, says so, and recovers", async () => {
  const [port] = (await freePorts(1)) as [number]
  await using one = await startBackend("one")
  const routes = (path: string): string => stream(route("r", [prefix(path, { backendRefs: [to("one")] })]))
  await using gw = await startGateway({
    "base.yaml": stream(...gateway({ http: port }), backend("one", one.port)),
    "routes.yaml": routes("/a"),
  })
  await gw.until(port, "/a", ({ status }) => status === 200)
  await gw.write("routes.yaml", "kind: HTTPRoute\n  broken: [")
  await gw.until(port, "/a", () => gw.output().includes("routes.yaml:2"))
  expect((await gw.request(port, "/a")).status).toBe(200)
  await gw.write("routes.yaml", routes("/b"))
  await gw.until(port, "/b", ({ status }) => status === 200)
  expect((await gw.request(port, "/a")).status).toBe(404)
  await rm(join(gw.folder, "routes.yaml"))
  await gw.until(port, "/b", ({ status }) => status === 404)
})

it("serves again when a Gateway comes back before its Envoy has gone, and when another one takes its port", async () => {
  const [port] = (await freePorts(1)) as [number]
  await using one = await startBackend("one")
  const world = (name: string): string => {
    const named = gateway({ http: port }).map((each) =>
      each.kind === "Gateway" ? { ...each, metadata: { name } } : each,
    )
    const made = route("r", [prefix("/", { backendRefs: [to("one")] })])
    const attached = { ...made, spec: { ...(made.spec as object), parentRefs: [{ name }] } }
    return stream(...named, backend("one", one.port), attached)
  }
  await using gw = await startGateway({ "all.yaml": world("gw") })
  const serves = (count: number) =>
    gw.until(port, "/", ({ status }) => status === 200 && gw.output().split("ENVOY_SIGTERM").length > count)
  await gw.write("all.yaml", stream(backend("one", one.port)))
  await gw.until(port, "/", () => gw.output().includes("ENVOY_SIGTERM"))
  await gw.write("all.yaml", world("gw"))
  await serves(1)
  await gw.write("all.yaml", world("other"))
  await serves(2)
  expect(gw.output()).not.toContain("is in use by another process")
})
