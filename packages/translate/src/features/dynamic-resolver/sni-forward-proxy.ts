// Backends of type DynamicResolver behind TLS that passes through: the server name of a connection is resolved when it comes.
import type { FilterSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_components_pb"
import { RBAC_Action } from "@attache/envoy-api/gen/envoy/config/rbac/v3/rbac_pb"
import { RBACSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/network/rbac/v3/rbac_pb"
import { FilterConfigSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/network/sni_dynamic_forward_proxy/v3/sni_dynamic_forward_proxy_pb"
import type { BackendCluster } from "../../emit/cluster-spec.ts"
import { dnsCacheConfig } from "../../emit/dns-cache.ts"
import { type Init, typed } from "../../emit/wire.ts"
import type { Destination } from "../../plan/index.ts"

/** A server name says no port. */
const upstreamPort = 443

/** Server names that mean the proxy's own machine. */
const loopbackNames = String.raw`(?i)^(localhost|localhost\.localdomain|ip6-localhost|ip6-loopback|127\.0\.0\.1|::1|\[::1\])\.?$`

type NetworkFilter = Init<typeof FilterSchema>

/** Whether connections to a destination go to the server name they ask for. */
export function isSniForwarded({ settings }: Destination): boolean {
  return settings[0]?.addressType === "dynamic-resolver"
}

/** Filters before the TCP proxy: refusal of loopback names, then the resolver. */
export function sniForwardProxy(cluster: BackendCluster, statPrefix: string): readonly NetworkFilter[] {
  const policy = {
    permissions: [
      {
        rule: {
          case: "requestedServerName" as const,
          value: { matchPattern: { case: "safeRegex" as const, value: { regex: loopbackNames } } },
        },
      },
    ],
    principals: [{ identifier: { case: "any" as const, value: true } }],
  }
  return [
    filter(
      "envoy.filters.network.rbac",
      typed(RBACSchema, {
        statPrefix,
        rules: { action: RBAC_Action.DENY, policies: { "deny-loopback-sni": policy } },
      }),
    ),
    filter(
      "envoy.filters.network.sni_dynamic_forward_proxy",
      typed(FilterConfigSchema, {
        dnsCacheConfig: dnsCacheConfig(cluster),
        portSpecifier: { case: "portValue", value: upstreamPort },
      }),
    ),
  ]
}

function filter(name: string, value: ReturnType<typeof typed>): NetworkFilter {
  return { name, configType: { case: "typedConfig", value } }
}
