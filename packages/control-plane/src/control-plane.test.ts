import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { AttacheError, createManualClock, type LogFields, type Logger, silentLogger } from "@attache/base"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import {
  backend,
  type Document,
  gateway,
  hostSettings,
  proxyKey,
  route,
  stream,
  wasmPolicy,
} from "../test/resources.ts"
import { temporaryDirectory } from "../test/temporary-directory.ts"
import { typeUrls } from "../test/type-urls.ts"
import { type ControlPlaneOptions, type ControlPlaneUpdate, createControlPlane } from "./control-plane.ts"

// A busy machine is no reason to fail.
const patience = { interval: 2, timeout: 15_000 }
vi.setConfig({ testTimeout: 30_000 })

/** A folder `conf` with files, and control planes over it. */
async function setUp(files: Readonly<Record<string, string>>) {
  const folder = await temporaryDirectory()
  onTestFinished(() => folder[Symbol.asyncDispose]())
  const conf = join(folder.path, "conf")
  mkdirSync(conf)
  const write = (name: string, text: string) => writeFileSync(join(conf, name), text)
  for (const [name, text] of Object.entries(files)) write(name, text)
  const stateFolder = join(folder.path, "state")
  const create = (more: Partial<ControlPlaneOptions> = {}) => {
    const updates: ControlPlaneUpdate[] = []
    const controlPlane = createControlPlane({
      paths: [conf],
      settings: hostSettings,
      defaultNamespace: "default",
      logger: silentLogger,
      onUpdate: (update) => updates.push(update),
      ...more,
    })
    onTestFinished(() => controlPlane.close())
    return { controlPlane, updates }
  }
  return { conf, stateFolder, write, create, remove: (name: string) => rmSync(join(conf, name)) }
}

const two = { "1-gw.yaml": stream(...gateway()), "2-route.yaml": stream(backend("b", 9000), route("r", "/a", "b")) }
const names = ({ xds }: ReturnType<typeof createControlPlane>, typeUrl: string, key = proxyKey) => [
  ...(xds.snapshot(key)?.types.get(typeUrl)?.resources.keys() ?? []),
]
const routesText = ({ xds }: ReturnType<typeof createControlPlane>) =>
  [...(xds.snapshot(proxyKey)?.types.get(typeUrls.route)?.resources.values() ?? [])]
    .map(({ bytes }) => Buffer.from(bytes).toString("latin1"))
    .join()

describe("createControlPlane", () => {
  it("publishes what the files hold, and each change", async () => {
    const { create, write, remove } = await setUp(two)
    const { controlPlane, updates } = create()
    expect(controlPlane.isReady()).toBe(false)
    expect(controlPlane.start()).toBe(controlPlane.start())
    await controlPlane.start()
    expect(controlPlane.isReady()).toBe(true)
    expect(controlPlane.proxyKeys()).toEqual([proxyKey])
    expect(names(controlPlane, typeUrls.listener)).toHaveLength(1)
    expect(routesText(controlPlane)).toContain("/a")
    expect(updates).toEqual([{ reason: "resources", proxies: [proxyKey], drains: new Map() }])

    await controlPlane.refresh()
    expect(updates, "nothing changed").toHaveLength(1)
    write("2-route.yaml", stream(backend("b", 9000), route("r", "/changed", "b")))
    await controlPlane.refresh()
    expect(routesText(controlPlane)).toContain("/changed")
    expect(updates.at(-1)).toEqual({ reason: "resources", proxies: [proxyKey], drains: new Map() })
    remove("2-route.yaml")
    await controlPlane.refresh()
    expect(routesText(controlPlane)).not.toContain("/changed")
  })

  it("removes the proxy of a Gateway that is gone", async () => {
    const { create, write } = await setUp({ ...two, "3.yaml": stream(...gateway(8081, "other").slice(1)) })
    const { controlPlane, updates } = create()
    await controlPlane.start()
    expect(controlPlane.proxyKeys()).toEqual([proxyKey, "default/other"])
    write("3.yaml", "# nothing")
    await controlPlane.refresh()
    expect(controlPlane.proxyKeys()).toEqual([proxyKey])
    expect(controlPlane.xds.snapshot("default/other")).toBeUndefined()
    expect(updates.at(-1)).toEqual({ reason: "resources", proxies: ["default/other"], drains: new Map() })
  })

  it("keeps what was good: of broken files, and of invalid objects", async () => {
    const { conf, create, write } = await setUp(two)
    const { controlPlane, updates } = create()
    await controlPlane.start()
    const before = controlPlane.xds.snapshot(proxyKey)
    for (const text of [
      "a: [",
      "kind: nothing",
      stream(backend("b", 9000), { ...route("r", "/x", "b"), spec: { rules: 1 } }),
    ]) {
      write("2-route.yaml", text)
      await controlPlane.refresh()
      expect(controlPlane.xds.snapshot(proxyKey)).toBe(before)
      expect(controlPlane.files.view().staleFiles).toEqual([join(conf, "2-route.yaml")])
      expect(controlPlane.findings().some(({ severity }) => severity === "error")).toBe(true)
      expect(updates.at(-1)).toEqual({ reason: "resources", proxies: [], drains: new Map() })
    }
    const { length } = updates
    await controlPlane.refresh()
    expect(updates, "the same findings are no news").toHaveLength(length)
    write("2-route.yaml", two["2-route.yaml"])
    await controlPlane.refresh()
    expect(controlPlane.files.view().staleFiles).toEqual([])
    expect(controlPlane.findings()).toEqual([])
  })

  it("puts objects of files over those it was given", async () => {
    const { create } = await setUp({ "1.yaml": stream(route("r", "/from-file", "b")) })
    const given = [...gateway(), backend("b", 9000), route("r", "/given", "b")]
    const { controlPlane } = create({ objects: given as never })
    await controlPlane.start()
    expect(routesText(controlPlane)).toContain("/from-file")
    expect(routesText(controlPlane)).not.toContain("/given")
  })

  it("follows the files", async () => {
    const { create, write } = await setUp(two)
    const { controlPlane } = create()
    await controlPlane.start()
    controlPlane.watch()
    controlPlane.watch()
    write("2-route.yaml", stream(backend("b", 9000), route("r", "/watched", "b")))
    await expect.poll(() => routesText(controlPlane), patience).toContain("/watched")
  })

  it("is ready without any file, and with folders that do not exist", async () => {
    const { conf, create } = await setUp({})
    const { controlPlane } = create({ paths: [conf, "/nonexistent/folder"] })
    await controlPlane.start()
    expect(controlPlane.isReady()).toBe(true)
    expect(controlPlane.proxyKeys()).toEqual([])
  })

  it("survives a listener for updates that throws", async () => {
    const { create, write } = await setUp(two)
    const { controlPlane } = create({
      onUpdate: () => {
        throw new Error("listener")
      },
    })
    await controlPlane.start()
    write("2-route.yaml", "# nothing")
    await controlPlane.refresh()
    expect(routesText(controlPlane)).not.toContain("/a")
  })

  it("closes once, at any time, and does nothing afterwards", async () => {
    const { create, write } = await setUp(two)
    const { controlPlane: unstarted } = create()
    await unstarted.close()
    const { controlPlane } = create()
    const started = controlPlane.start()
    const closed = controlPlane.close()
    expect(controlPlane.close()).toBe(closed)
    await Promise.all([started, closed])

    const { controlPlane: running, updates } = create()
    await running.start()
    running.watch()
    await running.close()
    running.watch()
    const { length } = updates
    write("2-route.yaml", "# nothing")
    await running.refresh()
    expect(updates).toHaveLength(length)
  })
})

describe("modules", () => {
  const withPolicy = (url: string) => ({ ...two, "3-policy.yaml": stream(wasmPolicy("p", "r", url)) })
  const code = (name: string) => ({ type: "file", path: `/modules/${name}`, sha256: "ab" }) as const
  const listeners = (controlPlane: ReturnType<typeof createControlPlane>) =>
    [...(controlPlane.xds.snapshot(proxyKey)?.types.get(typeUrls.listener)?.resources.values() ?? [])]
      .map(({ bytes }) => Buffer.from(bytes).toString("latin1"))
      .join()

  it("are waited for before the first snapshot, and published when they arrive", async () => {
    const { create } = await setUp(withPolicy("http://m/one"))
    const { promise, resolve } = Promise.withResolvers<ReturnType<typeof code>>()
    const { controlPlane, updates } = create({ loadModule: () => promise })
    const started = controlPlane.start()
    await expect.poll(() => controlPlane.translator.pending(), patience).toBe(1)
    expect(controlPlane.isReady()).toBe(false)
    expect(controlPlane.xds.snapshot(proxyKey)).toBeUndefined()
    resolve(code("one"))
    await started
    expect(listeners(controlPlane)).toContain("/modules/one")
    // The first round may still have been at work when the module came, and then publishes it itself.
    expect(updates.at(-1)).toMatchObject({ proxies: [proxyKey], drains: new Map() })
  })

  it("are waited for no longer than five seconds", async () => {
    const { create } = await setUp(withPolicy("http://m/slow"))
    const clock = createManualClock()
    const { promise, resolve } = Promise.withResolvers<ReturnType<typeof code>>()
    const { controlPlane } = create({ clock, loadModule: () => promise })
    const started = controlPlane.start()
    await expect.poll(() => controlPlane.translator.pending(), patience).toBe(1)
    clock.advance(4_999)
    await new Promise((done) => setImmediate(done))
    expect(controlPlane.xds.snapshot(proxyKey)).toBeUndefined()
    clock.advance(1)
    await started
    expect(names(controlPlane, typeUrls.listener)).toHaveLength(1)
    expect(listeners(controlPlane)).not.toContain("/modules")
    resolve(code("late"))
    await expect.poll(() => listeners(controlPlane), patience).toContain("/modules/late")
  })

  it("of an entry stay while the next one is on its way, and failures heal by themselves", async () => {
    const { create, write } = await setUp(withPolicy("http://m/one"))
    const clock = createManualClock()
    let isBroken = true
    const loadModule = async ({ url }: { readonly url: string }) => {
      if (url.endsWith("two") && isBroken) throw new AttacheError("ATT_TEST", "away", { retry: "later" })
      return code(url.slice(-3))
    }
    const { controlPlane } = create({ clock, loadModule })
    await controlPlane.start()
    expect(listeners(controlPlane)).toContain("/modules/one")
    write("3-policy.yaml", stream(wasmPolicy("p", "r", "http://m/two")))
    await controlPlane.refresh()
    await controlPlane.translator.settled()
    await controlPlane.refresh()
    expect(listeners(controlPlane)).toContain("/modules/one")
    expect(JSON.stringify(controlPlane.translator.status("EnvoyExtensionPolicy/default/p"))).toContain("away")
    isBroken = false
    clock.advance(1_000)
    await expect.poll(() => listeners(controlPlane), patience).toContain("/modules/two")
    expect(JSON.stringify(controlPlane.translator.status("EnvoyExtensionPolicy/default/p"))).not.toContain("away")
  })

  it("are aborted when no policy wants them, and when the control plane closes", async () => {
    const { create, remove } = await setUp(withPolicy("http://m/one"))
    const clock = createManualClock()
    const signals: AbortSignal[] = []
    const loadModule = (_request: unknown, signal: AbortSignal) => {
      signals.push(signal)
      return new Promise<never>(() => {})
    }
    const { controlPlane } = create({ clock, loadModule })
    const started = controlPlane.start()
    await expect.poll(() => signals.length, patience).toBe(1)
    clock.advance(5_000)
    await started
    remove("3-policy.yaml")
    await controlPlane.refresh()
    clock.advance(200)
    await expect.poll(() => signals[0]?.aborted, patience).toBe(true)

    const second = await setUp(withPolicy("http://m/one"))
    const { controlPlane: closing } = second.create({ loadModule })
    void closing.start()
    await expect.poll(() => signals.length, patience).toBe(2)
    await closing.close()
    expect(signals[1]?.aborted).toBe(true)
  })
})

describe("last good inputs", () => {
  const canary = "c2VjcmV0LWNhbmFyeQ=="
  const secret: Document = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: "s",
      namespace: "default",
      annotations: { "kubectl.kubernetes.io/last-applied-configuration": canary },
    },
    type: "Opaque",
    data: { key: canary },
    stringData: { other: canary },
  }

  it("outlive the process: a start with a broken file goes on with them and says so", async () => {
    const { conf, stateFolder, create, write } = await setUp({ ...two, "3.yaml": stream(secret) })
    const { controlPlane: first } = create({ stateFolder })
    await first.start()
    await first.close()
    write("2-route.yaml", "broken: [")

    const lines: string[] = []
    const log = (message: string, fields?: LogFields) => void lines.push(`${message} ${JSON.stringify(fields)}`)
    const logger: Logger = { debug: log, info: log, warn: log, error: log }
    const { controlPlane } = create({ stateFolder, logger })
    await controlPlane.start()
    expect(routesText(controlPlane)).toContain("/a")
    expect(controlPlane.findings()).toContainEqual(
      expect.objectContaining({ code: "ATT_FILE_LAST_GOOD", file: join(conf, "2-route.yaml"), severity: "warning" }),
    )
    expect(controlPlane.files.view().staleFiles).toEqual([join(conf, "2-route.yaml")])
    expect(lines).toEqual([])

    write("2-route.yaml", stream(backend("b", 9000), route("r", "/mended", "b")))
    await controlPlane.refresh()
    expect(routesText(controlPlane)).toContain("/mended")
    expect(controlPlane.findings()).toEqual([])
  })

  it("hold nothing of Secrets, and belong to this user alone", async () => {
    const { stateFolder, create } = await setUp({ "3.yaml": stream(secret) })
    const { controlPlane } = create({ stateFolder })
    await controlPlane.start()
    await controlPlane.close()
    const folder = join(stateFolder, "last-good")
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    const files = readdirSync(folder)
    expect(files).toHaveLength(1)
    for (const name of files) {
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
      const text = readFileSync(join(folder, name), "utf8")
      expect(text).not.toContain(canary)
      expect(text).not.toContain("secret-canary")
      expect(text).not.toContain(Buffer.from(canary).toString("base64"))
    }
  })
})
