import { UuidRequestIdConfigSchema } from "@attache/envoy-api/gen/envoy/extensions/request_id/uuid/v3/uuid_pb"
import { typed } from "../../emit/wire.ts"
import type { Feature } from "../feature.ts"

/** EnvoyProxy `requestID.tracing`: what of the trace decision goes into and comes from `x-request-id`. */
export const requestId: Feature = {
  name: "request-id",
  contributeListener: ({ protocol, options: { requestIdTracing: mode } }) => {
    // PackAndSample is what Envoy does by itself.
    if (protocol !== "http" || mode === undefined || mode === "PackAndSample") return undefined
    return {
      hcm: {
        requestIdExtension: {
          typedConfig: typed(UuidRequestIdConfigSchema, {
            packTraceReason: mode === "Pack",
            useRequestIdForTraceSampling: mode === "Sample",
          }),
        },
      },
    }
  },
}
