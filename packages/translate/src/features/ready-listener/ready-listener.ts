import type { ListenerSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_pb"
import { HealthCheckSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/http/health_check/v3/health_check_pb"
import { RouterSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/http/router/v3/router_pb"
import { HttpConnectionManagerSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb"
import { readyListenerName } from "../../emit/names.ts"
import { type Init, typed } from "../../emit/wire.ts"
import type { ProxyOptions } from "../../plan/index.ts"

/** The listener that answers the kubelet's readiness probe on `/ready`, whatever load the proxy is under. */
export function readyListener(ready: NonNullable<ProxyOptions["ready"]>): Init<typeof ListenerSchema> {
  const connectionManager = typed(HttpConnectionManagerSchema, {
    statPrefix: "eg-ready-http",
    routeSpecifier: {
      case: "routeConfig",
      value: {
        name: "ready_route",
        virtualHosts: [
          {
            name: "ready_route",
            domains: ["*"],
            routes: [
              {
                match: { pathSpecifier: { case: "prefix", value: "/" } },
                action: { case: "directResponse", value: { status: 500 } },
              },
            ],
          },
        ],
      },
    },
    httpFilters: [
      {
        name: "envoy.filters.http.health_check",
        configType: {
          case: "typedConfig",
          value: typed(HealthCheckSchema, {
            passThroughMode: false,
            headers: [
              {
                name: ":path",
                headerMatchSpecifier: {
                  case: "stringMatch",
                  value: { matchPattern: { case: "exact", value: "/ready" } },
                },
              },
            ],
          }),
        },
      },
      {
        name: "envoy.filters.http.router",
        configType: { case: "typedConfig", value: typed(RouterSchema, { suppressEnvoyHeaders: true }) },
      },
    ],
  })
  return {
    name: readyListenerName(ready.address, ready.port),
    address: {
      address: {
        case: "socketAddress",
        value: {
          address: ready.address,
          portSpecifier: { case: "portValue", value: ready.port },
          ...(ready.isIpv4Compatible ? { ipv4Compat: true } : {}),
        },
      },
    },
    bypassOverloadManager: true,
    filterChains: [
      {
        filters: [
          {
            name: "envoy.filters.network.http_connection_manager",
            configType: { case: "typedConfig", value: connectionManager },
          },
        ],
      },
    ],
  }
}
