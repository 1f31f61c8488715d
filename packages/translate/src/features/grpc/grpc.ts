import { FilterConfigSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/http/grpc_stats/v3/config_pb"
import { GrpcWebSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/http/grpc_web/v3/grpc_web_pb"
import { typed } from "../../emit/wire.ts"
import type { Feature, HttpFilterPart } from "../feature.ts"

/** gRPC-Web and gRPC statistics on listeners that have a GRPCRoute; the user may have statistics everywhere or nowhere. */
export const grpc: Feature = {
  name: "grpc",
  contributeListener: (context) => {
    if (context.protocol !== "http") return undefined
    const { hasGrpcRoute, options } = context
    const httpFilters = [
      ...(hasGrpcRoute ? [{ name: "envoy.filters.http.grpc_web", config: typed(GrpcWebSchema, {}) }] : []),
      ...((options.hasGrpcStats ?? hasGrpcRoute) ? [grpcStats()] : []),
    ]
    return httpFilters.length === 0 ? undefined : { httpFilters }
  },
}

function grpcStats(): HttpFilterPart {
  return {
    name: "envoy.filters.http.grpc_stats",
    config: typed(FilterConfigSchema, {
      emitFilterState: true,
      perMethodStatSpecifier: { case: "statsForAllMethods", value: { value: true } },
    }),
  }
}
