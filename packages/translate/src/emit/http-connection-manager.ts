// The HTTP connection manager of one or several HTTP listeners.
import { HttpProtocolOptions_HeadersWithUnderscoresAction } from "@attache/envoy-api/gen/envoy/config/core/v3/protocol_pb"
import type { FilterSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_components_pb"
import { RouterSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/http/router/v3/router_pb"
import {
  HttpConnectionManager_PathWithEscapedSlashesAction,
  HttpConnectionManager_ServerHeaderTransformation,
  HttpConnectionManagerSchema,
  type HttpFilterSchema,
} from "@attache/envoy-api/gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb"
import type { HttpFilterPart, ListenerContribution } from "../features/feature.ts"
import type { HttpListener, ProxyOptions } from "../plan/index.ts"
import { adsWithoutTimeout } from "./config-source.ts"
import { orderHttpFilters } from "./http-filter-order.ts"
import { hcmStatPrefix } from "./names.ts"
import { type Filled, settle } from "./precedence.ts"
import { type Init, typed } from "./wire.ts"

/** What a connection manager is made of. */
export interface ConnectionManagerParts {
  readonly options: ProxyOptions
  /** The listener whose settings count. */
  readonly first: HttpListener
  readonly routeConfigName: string
  /** Contributions for the first listener, by feature. */
  readonly parts: readonly { readonly feature: string; readonly part: ListenerContribution }[]
  /** HTTP filters of all its listeners and routes; a name that comes twice counts once. */
  readonly filters: readonly HttpFilterPart[]
}

/** The network filter that holds the connection manager. */
export function httpConnectionManager(input: ConnectionManagerParts): Init<typeof FilterSchema> {
  const { options, first } = input
  return {
    name: "envoy.filters.network.http_connection_manager",
    configType: {
      case: "typedConfig",
      value: typed(HttpConnectionManagerSchema, {
        statPrefix: hcmStatPrefix(first, options.isNameSchemeV2),
        routeSpecifier: {
          case: "rds",
          value: { routeConfigName: input.routeConfigName, configSource: adsWithoutTimeout },
        },
        http2ProtocolOptions: {
          maxConcurrentStreams: 100,
          initialStreamWindowSize: 65_536,
          initialConnectionWindowSize: 1_048_576,
        },
        commonHttpProtocolOptions: {
          headersWithUnderscoresAction: HttpProtocolOptions_HeadersWithUnderscoresAction.REJECT_REQUEST,
        },
        serverHeaderTransformation: HttpConnectionManager_ServerHeaderTransformation.PASS_THROUGH,
        useRemoteAddress: true,
        normalizePath: true,
        mergeSlashes: true,
        pathWithEscapedSlashesAction: HttpConnectionManager_PathWithEscapedSlashesAction.UNESCAPE_AND_REDIRECT,
        ...settle("hcm", slot(input, "hcm")),
        httpFilters: httpFilters(input),
      }),
    },
  }
}

function httpFilters(input: ConnectionManagerParts): Init<typeof HttpFilterSchema>[] {
  const byName = new Map<string, HttpFilterPart>()
  for (const filter of input.filters) if (!byName.has(filter.name)) byName.set(filter.name, filter)
  byName.set("envoy.filters.http.router", {
    name: "envoy.filters.http.router",
    config: typed(RouterSchema, { suppressEnvoyHeaders: true, ...settle("router", slot(input, "router")) }),
  })
  return orderHttpFilters([...byName.values()], input.options.filterOrder).map(({ name, config, isDisabled }) => ({
    name,
    configType: { case: "typedConfig", value: config },
    ...(isDisabled === true ? { disabled: true } : {}),
  }))
}

function slot({ parts }: ConnectionManagerParts, name: "hcm" | "router"): readonly Filled[] {
  return parts.flatMap(({ feature, part }) => {
    const fields = part[name]
    return fields === undefined ? [] : [{ feature, fields: fields as Filled["fields"] }]
  })
}
