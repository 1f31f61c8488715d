import { FractionalPercent_DenominatorType } from "@attache/envoy-api/gen/envoy/type/v3/percent_pb"
import { clusterNameOf, clusterOf } from "../../emit/cluster-spec.ts"
import type { Feature } from "../feature.ts"

/** RequestMirror: copies of a share of the requests. A share of 0 keeps the cluster and has no policy. */
export const mirror: Feature = {
  name: "mirror",
  claimRoute: ({ mirrors, origin }) =>
    mirrors.length === 0
      ? undefined
      : { clusters: mirrors.map(({ destination }) => clusterOf(destination, true, origin)) },
  contributeRoute: ({ action, mirrors }) => {
    const used = mirrors.filter(({ isUnused }) => isUnused !== true)
    if (action.type !== "forward" || used.length === 0) return undefined
    return {
      forward: {
        requestMirrorPolicies: used.map(({ destination, numerator, denominator }) => ({
          cluster: clusterNameOf(destination),
          runtimeFraction: {
            defaultValue: { numerator, denominator: FractionalPercent_DenominatorType[denominator] },
          },
          disableShadowHostSuffixAppend: true,
        })),
      },
    }
  },
}
