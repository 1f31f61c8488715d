import { duration } from "../../emit/duration.ts"
import { defined } from "../../emit/wire.ts"
import type { Feature } from "../feature.ts"

/** Request and idle timeouts of a route; without any, Envoy's 15 s hold. */
export const timeouts: Feature = {
  name: "timeouts",
  contributeRoute: ({ action, timeouts: plan }) => {
    if (action.type !== "forward" || plan === undefined) return undefined
    return {
      forward: defined({
        timeout: plan.request === undefined ? undefined : duration(plan.request),
        idleTimeout: plan.idle === undefined ? undefined : duration(plan.idle),
      }),
    }
  },
}
