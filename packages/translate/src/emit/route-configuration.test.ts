import { contentVersion } from "@attache/base"
import { decode, encode } from "@attache/envoy-api"
import { RouteConfigurationSchema } from "@attache/envoy-api/gen/envoy/config/route/v3/route_pb"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { joinBytes } from "./elements.ts"
import { layoutOf } from "./layout.ts"
import { resourceMetadata } from "./metadata.ts"
import { virtualHostName } from "./names.ts"
import { encodeRoute, routeMessage } from "./route.ts"
import { routeConfiguration, routeLeaf, type VirtualHostFrame } from "./route-configuration.ts"
import { planRoute, routesByHost } from "./test-plan.ts"

const context = { key: "infra/gw", moduleServer: { host: "modules.test", port: 18002 } }
const frame: VirtualHostFrame = {
  listener: "infra/edge/http",
  isNameSchemeV2: false,
  metadata: { kind: "Gateway", namespace: "infra", name: "edge", sectionName: "http" },
  hasVirtualHostStats: false,
}

const routes = fc
  .uniqueArray(fc.tuple(fc.constantFrom("*", "a.test", "b.test", "*.c.test"), fc.nat(400)), {
    selector: ([, n]) => n,
    maxLength: 300,
  })
  .map((list) => list.map(([host, n]) => planRoute(`r${n}`, host)))

function joined(list: readonly ReturnType<typeof planRoute>[], directBody = 0) {
  const byId = new Map(list.map((route) => [route.name, route]))
  const layout = layoutOf(routesByHost(list.map(({ name, host }) => ({ id: name, host }))))
  const leaves = [...layout.values()].flatMap((routesOfLeaf) => {
    const leaf = routeLeaf(
      frame,
      routesOfLeaf.map(({ id, host }) => {
        const { bytes, origins } = encodeRoute(byId.get(id)!, context)
        return { id, host, bytes, version: contentVersion(bytes), origins }
      }),
    )
    return leaf === undefined ? [] : [leaf]
  })
  const { pieces, version } = routeConfiguration("infra/edge/http", leaves, directBody)
  return { bytes: joinBytes(pieces), version }
}

describe("route configurations", () => {
  it("joined from leaves are the bytes of one encoded whole", () => {
    fc.assert(
      fc.property(routes, (list) => {
        const hosts = [...new Set(list.map(({ host }) => host))]
        const whole = encode(RouteConfigurationSchema, {
          name: "infra/edge/http",
          ignorePortInHostMatching: true,
          virtualHosts: hosts.map((host) => ({
            name: virtualHostName(frame.listener, host, false),
            domains: [host],
            metadata: resourceMetadata(frame.metadata)!,
            routes: list.filter((route) => route.host === host).map((route) => routeMessage(route, context).message),
          })),
        })
        const { bytes } = joined(list)
        expect(Buffer.compare(bytes, whole)).toBe(0)
        expect(decode(RouteConfigurationSchema, bytes)).toEqual(decode(RouteConfigurationSchema, whole))
      }),
      { numRuns: 40 },
    )
  })

  it("have one version for one content", () => {
    const list = Array.from({ length: 300 }, (_, i) => planRoute(`r${i}`, `h${i % 5}.test`))
    expect(joined(list).version).toBe(joined(list).version)
    const changed = list.map((route, i) =>
      i === 150 ? { ...route, requestHeaders: { add: [], set: [], remove: ["x"] } } : route,
    )
    expect(joined(changed).version).not.toBe(joined(list).version)
    expect(joined(list.slice(0, -1)).version).not.toBe(joined(list).version)
  })

  it.each([
    [0, undefined],
    [4096, undefined],
    [4097, 1_048_576],
    [2_000_000, 2_000_000],
  ])("allow for a direct body of %d bytes", (length, limit) => {
    expect(decode(RouteConfigurationSchema, joined([], length).bytes).maxDirectResponseBodySizeBytes).toBe(limit)
  })
})
