import type { ProxySnapshot, ResourcePart } from "@attache/translate"
import { expect, it } from "vitest"
import { filtersOfRoute } from "./route-filters.ts"

const empty = { typeUrl: "", groups: [] }
function snapshot(...parts: readonly ResourcePart[]): ProxySnapshot {
  const typeUrl = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration"
  const resource = { name: "r", bytes: new Uint8Array(), version: "1", origins: [], parts: [parts] }
  const routes = { typeUrl, groups: [{ resources: [resource] }] }
  const tables = { listeners: empty, clusters: empty, endpoints: empty, secrets: empty, routes }
  return { key: "p", diagnostics: [], tables }
}
const part = (route: string, field: string, ...policies: readonly string[]): ResourcePart => ({
  name: "part",
  version: "1",
  origins: [
    { object: route, field },
    ...policies.map((name) => ({ object: `EnvoyExtensionPolicy/ns/${name}`, field: "spec.wasm[0]" })),
  ],
})
const filter = (name: string): string => `envoy.filters.http.wasm/envoyextensionpolicy/ns/${name}/wasm/0`

it("finds the filters of a route by its name in access logs", () => {
  const made = snapshot(
    part("HTTPRoute/ns/one", "spec.rules[0].matches[0]", "a"),
    part("HTTPRoute/ns/one", "spec.rules[0].matches[1]", "b"),
    part("HTTPRoute/ns/one", "spec.rules[1]", "c"),
    part("GRPCRoute/ns/one", "spec.rules[0].matches[0]", "d"),
  )
  const names = (route: string): readonly string[] =>
    ["a", "b", "c", "d"].filter((n) => filtersOfRoute(made, route)(filter(n)))
  expect(names("httproute/ns/one/rule/0/match/0/*")).toEqual(["a"])
  expect(names("httproute/ns/one/rule/0/match/1/www_example_com")).toEqual(["b"])
  expect(names("httproute/ns/one/rule/1/match/-1/*")).toEqual(["c"])
  expect(names("grpcroute/ns/one/rule/0/match/0/*")).toEqual(["d"])
  expect(names("httproute/ns/two/rule/0/match/0/*")).toEqual([])
  expect(names("anything")).toEqual([])
  expect(filtersOfRoute(made, "httproute/ns/one/rule/0/match/0/*")("other")).toBe(false)
  expect(filtersOfRoute(undefined, "httproute/ns/one/rule/0/match/0/*")(filter("a"))).toBe(false)
})
