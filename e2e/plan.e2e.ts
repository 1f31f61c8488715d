// What a change would do, told before it does, and what then happens.
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePorts } from "@attache/envoy"
import { afterAll, describe, expect, it } from "vitest"
import { startBackend } from "./backend.ts"
import { startGateway } from "./gateway-under-test.ts"
import { backend, extensions, gateway, prefix, route, stream, to } from "./resources.ts"

const command = join(import.meta.dirname, "..", "packages", "cli", "bin", "attache.mjs")
const folder = mkdtempSync(join(tmpdir(), "attache-plan-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

function plan(args: readonly string[], stateFolder = join(folder, "state")) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, "plan", "--profile", "host", ...args], {
    encoding: "utf8",
    env: { ...process.env, ATTACHE_STATE_DIR: stateFolder, NO_COLOR: "1" },
  })
  return { status, stdout, stderr }
}

const lua = (value: string) => [
  { type: "Inline", inline: `function envoy_on_response(h) h:headers():add("x-v", "${value}") end` },
]
const world = (port: number, backendPort: number, path: string, value: string): string =>
  stream(
    ...gateway({ http: port }),
    backend("one", backendPort),
    route("r", [prefix(path, { backendRefs: [to("one")] })]),
    extensions("p", { kind: "HTTPRoute", name: "r" }, { lua: lua(value) }),
  )

describe("attache plan", () => {
  it("compares files with files", () => {
    const before = file("before.yaml", world(80, 9001, "/a", "1"))
    expect(plan(["-f", before, "--against", before])).toMatchObject({ status: 0, stdout: "nothing changes\n" })
    const { status, stdout } = plan(["-f", file("route.yaml", world(80, 9001, "/b", "1")), "--against", before])
    expect(status).toBe(0)
    expect(stdout).toContain("~ route default/gw/http  (EnvoyExtensionPolicy/default/p, HTTPRoute/default/r)")
    expect(stdout).toMatch(/"\/a" → "\/b"/)
    expect(stdout).toContain("1 resources of 1 proxies change, 0 listeners drain")
  })

  it("gives the same as JSON", () => {
    const before = file("before.yaml", world(80, 9001, "/a", "1"))
    const after = file("endpoint.yaml", world(80, 9002, "/a", "1"))
    const { stdout } = plan(["-f", after, "--against", before, "--output", "json"])
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      data: { proxies: [{ proxy: "default/gw", change: "changed", drains: [], resources: [{ kind: "endpoints" }] }] },
    })
  })

  it("says with exit 3 that the files are not valid", () => {
    const before = file("before.yaml", world(80, 9001, "/a", "1"))
    const broken = file("broken.yaml", world(80, 9001, "/a", "1").replaceAll("PathPrefix", "Prefix"))
    expect(plan(["-f", broken, "--against", before]).status).toBe(3)
  })

  it("has nothing to compare with when nothing runs", () => {
    const { status, stderr } = plan(["-f", file("before.yaml", world(80, 9001, "/a", "1"))])
    expect([status, stderr.includes("ATT_CLI_NOT_RUNNING")]).toEqual([1, true])
  })

  it("compares with what runs, and is right about what drains", async () => {
    const [port] = (await freePorts(1)) as [number]
    await using one = await startBackend("one")
    await using gw = await startGateway({ "all.yaml": world(port, one.port, "/a", "1") })
    const state = join(gw.folder, ".state")
    expect(plan(["-f", join(gw.folder, "all.yaml")], state).stdout).toBe("nothing changes\n")
    const edited = world(port, one.port, "/a", "2")
    const { stdout } = plan(["-f", file("edited.yaml", edited)], state)
    expect(stdout).toMatch(/~ listener default\/gw\/http/)
    expect(stdout).toMatch(/^ {2}drains listener default\/gw\/http$/m)
    await gw.write("all.yaml", edited)
    await gw.until(port, "/a", ({ headers }) => headers["x-v"] === "2")
    await expect.poll(gw.output, { timeout: 10_000 }).toMatch(/^ {2}drains listener default\/gw\/http$/m)
    expect(plan(["-f", join(gw.folder, "all.yaml")], state).stdout).toBe("nothing changes\n")
  })
})
