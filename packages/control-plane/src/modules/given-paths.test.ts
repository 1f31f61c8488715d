import { Secret, sha256Hex } from "@attache/base"
import { proxyModuleUrl } from "@attache/translate"
import { createSnapshot, createXdsServer, updateSnapshot } from "@attache/xds-server"
import { describe, expect, it, onTestFinished } from "vitest"
import { givenPaths } from "./given-paths.ts"
import { moduleOfPath, placeAtServer } from "./place.ts"

const key = new Secret(Buffer.from("key"))
const listeners = "type.googleapis.com/envoy.config.listener.v3.Listener"
const place = placeAtServer("https://control:18002", key)

/** Path of a module for a proxy. */
function pathOf(name: string, proxyKey: string): string {
  const code = place({ sha256: sha256Hex(name), path: "/x" })
  return new URL(proxyModuleUrl(code.type === "remote" ? code.url : "", proxyKey)).pathname
}

const listener = (name: string, ...paths: readonly string[]) => ({
  name,
  bytes: Buffer.from(`\u0012\u00ff${paths.map((path) => `https://control:18002${path}*`).join("\u0001x")}`),
})

describe("givenPaths", () => {
  it("are those that a proxy is sent now, each for that proxy alone", () => {
    const xds = createXdsServer()
    onTestFinished(() => xds.close())
    const isGiven = givenPaths(xds)
    const [mine, other, theirs] = [pathOf("one", "a/gw"), pathOf("two", "a/gw"), pathOf("one", "b/gw")]
    expect(isGiven("a/gw", mine), "nothing is published").toBe(false)
    xds.setSnapshot("a/gw", createSnapshot({ [listeners]: [listener("http", other, mine), listener("tcp")] }))
    xds.setSnapshot("b/gw", createSnapshot({ [listeners]: [listener("http", theirs)] }))
    const say = (proxyKey: string) => [mine, other, theirs].map((path) => isGiven(proxyKey, path))
    expect([say("a/gw"), say("b/gw"), say("c/gw")]).toEqual([
      [true, true, false],
      [false, false, true],
      [false, false, false],
    ])
    const before = xds.snapshot("a/gw")
    if (before === undefined) throw new Error("it is gone")
    xds.setSnapshot("a/gw", updateSnapshot(before, { [listeners]: { put: [listener("http", other)] } }))
    expect(say("a/gw"), "one is taken from it").toEqual([false, true, false])
    xds.removeSnapshot("b/gw")
    expect(say("b/gw")).toEqual([false, false, false])
  })

  it("differ by proxy, and name it", () => {
    const paths = ["a/gw", "b/gw", "class", `${"n".repeat(63)}/${"g".repeat(253)}`].map((proxyKey) => {
      const path = pathOf("one", proxyKey)
      expect(moduleOfPath(path, key)).toEqual({ sha256: sha256Hex("one"), proxyKey })
      return path.split("/").at(-1)
    })
    expect(new Set(paths).size).toBe(4)
    const [mine, theirs] = [pathOf("one", "a/gw").split("/"), pathOf("one", "b/gw").split("/")]
    expect(moduleOfPath(["", mine[1], theirs[2], mine[3]].join("/"), key), "put together").toBeUndefined()
  })
})
