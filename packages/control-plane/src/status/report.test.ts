import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { silentLogger } from "@attache/base"
import { describe, expect, it, onTestFinished } from "vitest"
import { backend, gateway, hostSettings, proxyKey, route, stream } from "../../test/resources.ts"
import { temporaryDirectory } from "../../test/temporary-directory.ts"
import { createControlPlane } from "../control-plane.ts"
import { reportStatus } from "./report.ts"

async function setUp(text: string) {
  const folder = await temporaryDirectory()
  onTestFinished(() => folder[Symbol.asyncDispose]())
  const file = join(folder.path, "r.yaml")
  writeFileSync(file, text)
  const controlPlane = createControlPlane({
    paths: [folder.path],
    settings: hostSettings,
    defaultNamespace: "default",
    logger: silentLogger,
  })
  onTestFinished(() => controlPlane.close())
  return { file, controlPlane }
}

describe("reportStatus", () => {
  it("tells proxies with their resources, statuses of objects, and what is wrong", async () => {
    const { file, controlPlane } = await setUp(stream(...gateway(), backend("b", 9000), route("r", "/a", "b")))
    expect(reportStatus(controlPlane, [])).toEqual({
      isReady: false,
      xds: [],
      proxies: [],
      refusals: [],
      quarantine: [],
      objects: [],
      findings: [],
      staleFiles: [],
      pendingModules: 0,
    })
    await controlPlane.start()
    const report = reportStatus(controlPlane, ["unix:/x"])
    expect(report).toMatchObject({ isReady: true, xds: ["unix:/x"], findings: [], refusals: [] })
    expect(report.proxies).toMatchObject([
      { key: proxyKey, envoys: [], resources: { Listener: 1, RouteConfiguration: 1 } },
    ])
    expect(report.objects.map(({ kind }) => kind).toSorted()).toEqual(
      expect.arrayContaining(["Backend", "Gateway", "HTTPRoute"]),
    )
    writeFileSync(file, "a: [")
    await controlPlane.refresh()
    expect(reportStatus(controlPlane, [])).toMatchObject({
      staleFiles: [file],
      findings: [{ severity: "error", file }],
    })
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  })

  it("says when there is no Gateway of ours", async () => {
    const { controlPlane } = await setUp(stream(backend("b", 9000)))
    await controlPlane.start()
    expect(reportStatus(controlPlane, []).findings).toMatchObject([{ code: "ATT_GATEWAY_NONE", severity: "warning" }])
  })
})
