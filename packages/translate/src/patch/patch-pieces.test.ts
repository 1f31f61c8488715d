import { contentVersion } from "@attache/base"
import { decode, encode, toJson } from "@attache/envoy-api"
import { RouteConfigurationSchema } from "@attache/envoy-api/gen/envoy/config/route/v3/route_pb"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { routeMessage } from "../emit/route.ts"
import type { Resource } from "../emit/snapshot.ts"
import { planRoute } from "../emit/test-plan.ts"
import type { ResourcePatch } from "../plan/index.ts"
import { createPieceMemory } from "./patch-pieces.ts"
import { type PatchedResource, patchResource } from "./patch-resource.ts"

const context = { key: "infra/gw", moduleServer: { host: "modules.test", port: 18002 } }

/** A route configuration of some hosts and some routes of each. */
function resourceOf(routes: readonly (readonly [host: string, n: number])[]): Resource {
  const byHost = Map.groupBy(routes, ([host]) => host)
  const bytes = encode(RouteConfigurationSchema, {
    name: "infra/edge/http",
    ignorePortInHostMatching: true,
    virtualHosts: [...byHost].map(([host, own]) => ({
      name: `infra/edge/http/${host}`,
      domains: [host],
      routes: own.map(([, n]) => routeMessage(planRoute(`r${n}`, host), context).message),
    })),
  })
  return { name: "infra/edge/http", bytes, version: contentVersion(bytes), origins: [] }
}

function patchOf(operation: ResourcePatch["operation"]): ResourcePatch {
  return {
    typeUrl: "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
    name: "infra/edge/http",
    operation,
    origin: { object: "EnvoyPatchPolicy/infra/p", field: "spec.jsonPatches[0]" },
    index: 0,
  } as ResourcePatch
}

/** In comparable form: what the bytes say, and the bytes. */
function seen(patched: PatchedResource): unknown {
  if (patched.error !== undefined) return patched.error
  const { bytes, ...rest } = patched.resource
  const message = decode(RouteConfigurationSchema, bytes)
  return { ...rest, json: toJson(RouteConfigurationSchema, message), bytes: Buffer.from(bytes).toString("base64") }
}

const routes = fc.uniqueArray(fc.tuple(fc.constantFrom("a.test", "b.test", "*"), fc.nat(20)), {
  selector: ([, n]) => n,
  maxLength: 12,
})
const paths = fc.constantFrom(
  "",
  "/name",
  "/ignore_port_in_host_matching",
  "/virtual_hosts",
  "/virtual_hosts/0",
  "/virtual_hosts/-",
  "/virtual_hosts/1/routes",
  "/virtual_hosts/0/routes/0",
  "/virtual_hosts/0/routes/-",
  "/virtual_hosts/0/routes/1/route/timeout",
  "/virtual_hosts/0/routes/0/match/prefix",
  "/virtual_hosts/0/domains/0",
  "/virtualHosts",
  "/virtual_hosts/0/requestHeadersToRemove",
  "/virtual_hosts/0/request_headers_to_remove",
  "/nonsense",
)
const jsonPaths = fc.constantFrom(
  "..routes[*]",
  "$.virtual_hosts[0]",
  "$.virtual_hosts[?(@.domains[0]=='b.test')]",
  "..routes[?(@.name=~'r1')]",
)
const values = fc.constantFrom<unknown>(
  true,
  "text",
  ["x"],
  [],
  {},
  "7s",
  { name: "new", domains: ["new.test"], routes: [{ match: { prefix: "/new" }, direct_response: { status: 404 } }] },
  { name: "bad", domains: [] },
  { match: { prefix: "/r" }, direct_response: { status: 204 } },
)
const operations = fc.oneof(
  fc.record({ op: fc.constantFrom("add", "replace", "test"), path: paths, value: values }),
  fc.record({ op: fc.constant("remove"), path: paths }),
  fc.record({ op: fc.constantFrom("move", "copy"), path: paths, from: paths }),
  fc.record({
    op: fc.constantFrom("add", "replace"),
    jsonPath: jsonPaths,
    path: fc.constantFrom("", "name", "metadata", "match/prefix"),
    value: values,
  }),
  fc.record({ op: fc.constant("remove"), jsonPath: jsonPaths }),
) as fc.Arbitrary<ResourcePatch["operation"]>

describe("a patch of a route configuration", () => {
  it("in pieces gives what it gives on the whole, however the routes change between", () => {
    fc.assert(
      fc.property(operations, fc.array(routes, { minLength: 1, maxLength: 4 }), (operation, states) => {
        const patch = patchOf(operation)
        const memory = createPieceMemory()
        for (const state of states) {
          const resource = resourceOf(state)
          const before = Buffer.from(resource.bytes)
          expect(seen(patchResource("routes", resource, patch, memory))).toEqual(
            seen(patchResource("routes", resource, patch)),
          )
          expect(Buffer.compare(before, resource.bytes)).toBe(0)
        }
      }),
      { numRuns: 200 },
    )
  })

  it("reaches one route of many", () => {
    const resource = resourceOf(Array.from({ length: 50 }, (_, n) => [n % 2 === 0 ? "a.test" : "b.test", n] as const))
    const patch = patchOf({ op: "add", path: "/virtual_hosts/1/routes/3/route/timeout", value: "7s" })
    const text = JSON.stringify(seen(patchResource("routes", resource, patch, createPieceMemory())))
    expect(text.match(/"timeout":"7s"/g)?.length).toBe(1)
  })
})
