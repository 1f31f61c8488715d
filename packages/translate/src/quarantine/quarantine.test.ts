import { decode } from "@attache/envoy-api"
import { RouteConfigurationSchema } from "@attache/envoy-api/gen/envoy/config/route/v3/route_pb"
import { describe, expect, it } from "vitest"
import { snapshotJson } from "../emit/json.ts"
import { ground } from "../test-situations/objects.ts"
import { situations } from "../test-situations/situations.ts"
import { createTranslator, type Translator } from "../translator.ts"
import { defaultSettings } from "../world/settings.ts"

const proxy = "infra/gw"
const routes = "infra/gw/http"
const settings = { ...defaultSettings, isBackendEnabled: true, isLuaEnabled: true, isPatchPolicyEnabled: true }

/** The first version of each object of a situation. */
function translatorOf(situation: string): Translator {
  const made = createTranslator({
    settings,
    onFailure: (query, key, error) => {
      throw new Error(`${query} ${key}`, { cause: error })
    },
  })
  for (const each of [...(situations[situation] ?? []), ...ground].reverse()) made.upsert(each)
  return made
}

function answers(made: Translator): Readonly<Record<string, string | undefined>> {
  const resource = made.without(proxy, [], "routes", routes)
  const { virtualHosts } = decode(RouteConfigurationSchema, resource?.bytes ?? new Uint8Array())
  return Object.fromEntries(virtualHosts.flatMap((host) => host.routes.map(({ name, action }) => [name, action.case])))
}

const listenerText = (made: Translator): string => {
  const snapshot = made.snapshot(proxy)
  return snapshot === undefined ? "" : JSON.stringify(snapshotJson(snapshot).listeners)
}

describe("a route that is withdrawn", () => {
  const situation = "routes of all ages for one host"

  it("answers 500, and its neighbours do not notice", () => {
    const made = translatorOf(situation)
    const before = answers(made)
    const [first] = made.suspects(proxy, "routes", routes)
    made.withdraw(proxy, new Map([[first?.key ?? "", "bad regex"]]))
    const after = answers(made)
    const changed = Object.keys(before).filter((name) => before[name] !== after[name])
    expect(changed).toHaveLength(1)
    expect(after[changed[0] ?? ""]).toBe("directResponse")
  })

  it("comes back with the release, byte for byte", () => {
    const made = translatorOf(situation)
    const before = made.without(proxy, [], "routes", routes)
    const [first] = made.suspects(proxy, "routes", routes)
    made.withdraw(proxy, new Map([[first?.key ?? "", "bad regex"]]))
    expect(made.without(proxy, [], "routes", routes)?.version).not.toBe(before?.version)
    made.withdraw(proxy, new Map())
    expect(made.without(proxy, [], "routes", routes)).toEqual(before)
  })

  it("is only tried by a trial", () => {
    const made = translatorOf(situation)
    const before = made.snapshot(proxy)
    const keys = made.suspects(proxy, "routes", routes).map(({ key }) => key)
    const tried = made.without(proxy, keys, "routes", routes)
    expect(tried?.parts?.flat().length).toBe(keys.length)
    expect(made.snapshot(proxy)?.tables.routes.groups[0]?.resources[0]?.version).toBe(
      before?.tables.routes.groups[0]?.resources[0]?.version,
    )
  })

  it("names the objects it comes from, the oldest first", () => {
    const made = translatorOf(situation)
    const objects = made.suspects(proxy, "routes", routes).map(({ origins: [origin] }) => origin?.object)
    expect([...new Set(objects)]).toEqual([
      "HTTPRoute/apps/r",
      "HTTPRoute/apps/at-20",
      "HTTPRoute/apps/at-21",
      "HTTPRoute/apps/at-22",
    ])
  })
})

describe("a filter that is withdrawn", () => {
  it("refuses requests in its place, and is another one with other bytes", () => {
    const made = translatorOf("policies in each other's way")
    const suspects = made.suspects(proxy, "listeners", routes)
    const suspect = suspects.find(({ origins: [origin] }) => origin?.object === "EnvoyExtensionPolicy/infra/gateway")
    expect(suspect?.kind).toBe("filter")
    expect(listenerText(made)).not.toContain("rbac")
    made.withdraw(proxy, new Map([[suspect?.key ?? "", "bad script"]]))
    expect(listenerText(made)).toContain("envoy.extensions.filters.http.rbac.v3.RBAC")
    expect(made.suspects(proxy, "listeners", routes)).toEqual(suspects)
  })

  it("is left out where requests may pass without it", () => {
    const made = translatorOf("external processors")
    const versions = situations["external processors"] ?? []
    const open = versions.filter(({ kind }) => kind === "EnvoyExtensionPolicy").at(-1)
    for (const each of versions) if (each.kind !== "EnvoyExtensionPolicy") made.upsert(each)
    if (open !== undefined) made.upsert(open)
    const [suspect] = made.suspects(proxy, "listeners", routes)
    expect(listenerText(made)).toContain("ext_proc")
    made.withdraw(proxy, new Map([[suspect?.key ?? "", "no"]]))
    expect(listenerText(made)).not.toContain("ext_proc")
    expect(listenerText(made)).not.toContain("rbac")
  })
})

describe("a patch that is withdrawn", () => {
  it("is not applied, and its policy says why", () => {
    const made = translatorOf("patches")
    const suspect = made
      .suspects(proxy, "listeners", routes)
      .find(({ origins: [origin] }) => origin?.object === "EnvoyPatchPolicy/infra/b")
    expect(listenerText(made)).toContain('"perConnectionBufferLimitBytes":1002')
    made.withdraw(proxy, new Map([[suspect?.key ?? "", "out of range"]]))
    expect(listenerText(made)).not.toContain('"perConnectionBufferLimitBytes":1002')
    expect(JSON.stringify(made.status("EnvoyPatchPolicy/infra/b"))).toContain("Envoy refuses it: out of range")
  })
})
