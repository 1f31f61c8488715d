import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createManualClock, type Logger, silentLogger } from "@attache/base"
import { createModuleStore, moduleKey, placeAtServer } from "@attache/control-plane"
import { createTestAuthority } from "@attache/oci/testing"
import { defaultSettings, proxyModuleUrl, type Settings } from "@attache/translate"
import { createSnapshot } from "@attache/xds-server"
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest"
import type { Options } from "./options.ts"
import { runModules } from "./running-modules.ts"

vi.setConfig({ testTimeout: 30_000 })

const host: Settings = { ...defaultSettings, profile: "host" }
let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "att-modules-"))
  vi.stubEnv("ATTACHE_STATE_DIR", folder)
  return () => {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true, force: true })
  }
})

async function start(settings: Settings, options: Options, logger: Logger = silentLogger) {
  const modules = await runModules({ settings }, options, logger, createManualClock())
  onTestFinished(() => modules.close())
  return modules
}

describe("runModules", () => {
  it("serves nothing where nobody asks for it", async () => {
    const modules = await start(host, {})
    expect(modules).toMatchObject({ settings: host })
    expect(modules.address).toBeUndefined()
  })

  it("serves on loopback without TLS, and tells Envoys so", async () => {
    const { address, settings } = await start(host, { moduleAddress: "127.0.0.1:0" })
    const { port } = new URL(address ?? "")
    expect(settings.moduleServer).toEqual({ host: "127.0.0.1", port: Number(port), isPlainHttp: true })
    expect((await fetch(`${address}/x.wasm`)).status).toBe(404)
  })

  it("serves with certificates behind the name of the Service", async () => {
    const { localhost, caCertificate } = await createTestAuthority()
    const files = { "tls.crt": localhost.cert, "tls.key": localhost.key, "ca.crt": caCertificate }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    const { address, settings } = await start(defaultSettings, { moduleAddress: "127.0.0.1:0", moduleCerts: folder })
    expect(settings).toEqual(defaultSettings)
    expect(address).toBe("https://envoy-gateway.envoy-gateway-system.svc.cluster.local:18002")
  })

  it("warns where Envoys are told of a server that nobody starts", async () => {
    const said: string[] = []
    const logger = { ...silentLogger, warn: (message: string) => void said.push(message) }
    await start(host, {}, logger)
    await start(host, { moduleAddress: "127.0.0.1:0" }, logger)
    expect(said).toEqual([])
    await start(defaultSettings, {}, logger)
    expect(said).toEqual([expect.stringContaining("--module-address")])
  })

  it("gives nothing before it follows what is published", async () => {
    const { address, follow } = await start(host, { moduleAddress: "127.0.0.1:0" })
    const key = await moduleKey(join(folder, "modules", "key"))
    const { sha256 } = await createModuleStore(join(folder, "modules")).put(Buffer.from("module"))
    const code = placeAtServer(address ?? "", key)({ sha256, path: "" })
    const url = proxyModuleUrl(code.type === "remote" ? code.url : "", "default/gw")
    expect((await fetch(url)).status).toBe(404)
    const listeners = "type.googleapis.com/envoy.config.listener.v3.Listener"
    const snapshot = createSnapshot({ [listeners]: [{ name: "l", bytes: Buffer.from(`..${url}..`) }] })
    follow({ snapshot: (proxyKey) => (proxyKey === "default/gw" ? snapshot : undefined) })
    const answer = await fetch(url)
    expect([answer.status, await answer.text()]).toEqual([200, "module"])
  })

  it.each<readonly [Options, string, RegExp]>([
    [{ moduleCerts: "/c" }, "ATT_USAGE_OPTION", /--module-address/],
    [{ moduleAddress: "unix:/x" }, "ATT_USAGE_OPTION", /Unix socket/],
    [{ moduleAddress: "0.0.0.0:0" }, "ATT_USAGE_OPTION", /plain text/],
    [{ moduleAddress: "127.0.0.1:0", moduleCerts: "/nowhere" }, "ATT_USAGE_OPTION", /tls\.crt/],
  ])("refuses %j", async (options, code, text) => {
    await expect(start(host, options)).rejects.toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(text) }),
    )
  })
})
