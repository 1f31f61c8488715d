import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createManualClock, silentLogger } from "@attache/base"
import { createTestAuthority } from "@attache/oci/testing"
import { defaultSettings, type Settings } from "@attache/translate"
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

async function start(settings: Settings, options: Options) {
  const modules = await runModules({ settings }, options, silentLogger, createManualClock())
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
