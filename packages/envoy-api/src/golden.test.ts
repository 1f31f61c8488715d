import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { equals, toJson as esToJson, fromBinary, toBinary } from "@bufbuild/protobuf"
import { load } from "js-yaml"
import { describe, expect, it } from "vitest"
import { decode } from "./decode.ts"
import { encode } from "./encode.ts"
import { parseJson } from "./from-json.ts"
import { normalize } from "./normalize.ts"
import { registry, schemaOf } from "./registry.ts"
import { toJson } from "./to-json.ts"

const root = process.env.ATTACHE_GOLDEN ?? join(import.meta.dirname, "../../../../shared/golden")
const folder = join(root, "gateway")

const types = {
  listeners: "envoy.config.listener.v3.Listener",
  routes: "envoy.config.route.v3.RouteConfiguration",
  clusters: "envoy.config.cluster.v3.Cluster",
  endpoints: "envoy.config.endpoint.v3.ClusterLoadAssignment",
  secrets: "envoy.extensions.transport_sockets.tls.v3.Secret",
} as const

type Snapshot = Readonly<Record<string, Readonly<Partial<Record<keyof typeof types, readonly unknown[]>>>>>

function resourcesOf(path: string): { typeName: string; json: unknown }[] {
  return Object.values((load(readFileSync(path, "utf8")) ?? {}) as Snapshot).flatMap((lists) =>
    Object.entries(types).flatMap(([list, typeName]) =>
      (lists[list as keyof typeof types] ?? []).map((json) => ({ typeName, json })),
    ),
  )
}

describe.skipIf(!existsSync(folder))("recorded xDS", () => {
  it("goes from JSON through bytes to the same JSON", { timeout: 60_000 }, () => {
    let resources = 0
    for (const name of readdirSync(folder)) {
      const path = join(folder, name, "xds.yaml")
      if (!existsSync(path)) continue
      for (const { typeName, json } of resourcesOf(path)) {
        const schema = schemaOf(typeName)
        const { message, findings } = parseJson(schema, json)
        expect({ name, findings }).toEqual({ name, findings: [] })
        const bytes = encode(schema, message!)
        const back = decode(schema, bytes)
        expect({ name, json: toJson(schema, back) }).toEqual({ name, json })
        expect(equals(schema, back, message!)).toBe(true)
        expect(equals(schema, fromBinary(schema, toBinary(schema, message!)), back)).toBe(true)
        resources++
      }
    }
    expect(resources).toBeGreaterThan(4000)
  })

  it("has the JSON that protobuf-es writes, apart from the order of keys", () => {
    for (const name of readdirSync(folder).slice(0, 60)) {
      const path = join(folder, name, "xds.yaml")
      if (!existsSync(path)) continue
      for (const { typeName, json } of resourcesOf(path)) {
        const schema = schemaOf(typeName)
        expect(esToJson(schema, parseJson(schema, json).message!, { registry })).toEqual(normalize(schema, json).json)
      }
    }
  })
})
