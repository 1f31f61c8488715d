import { RBACSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/network/rbac/v3/rbac_pb"
import { FilterConfigSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/network/sni_dynamic_forward_proxy/v3/sni_dynamic_forward_proxy_pb"
import { fromBinary } from "@bufbuild/protobuf"
import { describe, expect, it } from "vitest"
import { clusterOf } from "../../emit/cluster-spec.ts"
import type { Destination } from "../../plan/index.ts"
import { isSniForwarded, sniForwardProxy } from "./sni-forward-proxy.ts"

const destination: Destination = {
  name: "tlsroute/shop/any/rule/-1",
  settings: [
    {
      name: "tlsroute/shop/any/rule/-1/backend/0",
      protocol: "tcp",
      addressType: "dynamic-resolver",
      endpoints: { type: "fixed", endpoints: [] },
    },
  ],
}

describe("sniForwardProxy", () => {
  it("is for destinations that resolve names, not for those without backends", () => {
    expect([isSniForwarded(destination), isSniForwarded({ ...destination, settings: [] })]).toEqual([true, false])
  })

  it("refuses names of the proxy's own machine, then resolves in the cluster's cache", () => {
    const cluster = clusterOf(destination, false, { object: "TLSRoute/shop/any", field: "" })
    const configs = sniForwardProxy(cluster, "tls-passthrough-10443").map(({ name, configType }) => {
      const value = configType?.case === "typedConfig" ? configType.value : undefined
      return [name, value?.value] as const
    })
    expect(configs.map(([name]) => name)).toEqual([
      "envoy.filters.network.rbac",
      "envoy.filters.network.sni_dynamic_forward_proxy",
    ])
    const rbac = fromBinary(RBACSchema, configs[0]?.[1] ?? new Uint8Array())
    const rule = rbac.rules?.policies["deny-loopback-sni"]?.permissions[0]?.rule
    const pattern = rule?.case === "requestedServerName" ? rule.value.matchPattern : undefined
    const regex = new RegExp((pattern?.case === "safeRegex" ? pattern.value.regex : "").replace("(?i)", ""), "i")
    for (const name of ["localhost", "LOCALHOST.", "127.0.0.1", "[::1]"]) expect(regex.test(name)).toBe(true)
    for (const name of ["example.com", "localhost.example.com"]) expect(regex.test(name)).toBe(false)
    const resolver = fromBinary(FilterConfigSchema, configs[1]?.[1] ?? new Uint8Array())
    expect(resolver.portSpecifier).toEqual({ case: "portValue", value: 443 })
    expect(resolver.dnsCacheConfig?.name).toBe("envoy-gateway-dfp-cache-v4_preferred-30000ms-default")
  })
})
