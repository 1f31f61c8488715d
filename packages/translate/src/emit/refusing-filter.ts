import { RBACSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/http/rbac/v3/rbac_pb"
import type { HttpFilterPart } from "../features/feature.ts"
import { typed } from "./wire.ts"

/** What stands for a filter that could not be made: it answers 403 on the routes that wanted it, and only there. */
export function refusingFilter(name: string): HttpFilterPart {
  // Rules that allow and have no policy match nothing, so all is denied.
  return { name, config: typed(RBACSchema, { rules: {} }), isDisabled: true }
}
