import { FilterConfigSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/http/grpc_stats/v3/config_pb"
import { GrpcWebSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/http/grpc_web/v3/grpc_web_pb"
import { typed } from "../../emit/wire.ts"
import type { Feature } from "../feature.ts"

/** gRPC-Web and gRPC statistics on listeners that have a GRPCRoute. */
export const grpc: Feature = {
  name: "grpc",
  contributeListener: (context) =>
    context.protocol === "http" && context.hasGrpcRoute
      ? {
          httpFilters: [
            { name: "envoy.filters.http.grpc_web", config: typed(GrpcWebSchema, {}) },
            {
              name: "envoy.filters.http.grpc_stats",
              config: typed(FilterConfigSchema, {
                emitFilterState: true,
                perMethodStatSpecifier: { case: "statsForAllMethods", value: { value: true } },
              }),
            },
          ],
        }
      : undefined,
}
