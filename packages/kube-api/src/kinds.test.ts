import { describe, expect, it } from "vitest"
import { findKind, groupOf, knownKinds, schemaOf, versionOf } from "./kinds.ts"

describe("kinds", () => {
  it("are found by the group of any version, and by name", () => {
    expect(findKind("gateway.networking.k8s.io/v1", "HTTPRoute")?.scope).toBe("Namespaced")
    expect(findKind("gateway.networking.k8s.io/v9", "GatewayClass")?.scope).toBe("Cluster")
    expect(findKind("v1", "Service")?.group).toBe("")
    expect(findKind("v1", "HTTPRoute")).toBeUndefined()
    expect(findKind("gateway.networking.k8s.io/v1", "constructor")).toBeUndefined()
  })

  it.each([
    ["v1", "", "v1"],
    ["a.b/v2", "a.b", "v2"],
    ["", "", ""],
  ])("splits %j", (apiVersion, group, version) => {
    expect([groupOf(apiVersion), versionOf(apiVersion)]).toEqual([group, version])
  })

  it("have one stored version, which is served, and a schema for each", () => {
    for (const entry of knownKinds()) {
      expect(
        entry.versions.filter(({ storage }) => storage),
        entry.kind,
      ).toHaveLength(1)
      for (const { name } of entry.versions) expect(schemaOf(entry, name).type, entry.kind).toBe("object")
    }
  })

  it("give the stored schema for a version they do not have", () => {
    const route = findKind("gateway.networking.k8s.io/v1", "HTTPRoute")
    if (route === undefined) throw new Error("HTTPRoute is known")
    expect(schemaOf(route, "v9")).toBe(schemaOf(route, "v1"))
  })
})
