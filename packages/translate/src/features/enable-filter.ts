import { FilterConfigSchema } from "@attache/envoy-api/gen/envoy/config/route/v3/route_components_pb"
import { typed } from "../emit/wire.ts"

/**
 * Per-route configuration that does nothing but switch on a filter which the connection manager has disabled.
 *
 * Its `config` is an empty `Any`, as Envoy Gateway has it.
 */
export const enableFilter = typed(FilterConfigSchema, { config: {} })
