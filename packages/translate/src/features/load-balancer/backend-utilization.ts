import { ClientSideWeightedRoundRobinSchema } from "@attache/envoy-api/gen/envoy/extensions/load_balancing_policies/client_side_weighted_round_robin/v3/client_side_weighted_round_robin_pb"
import { WrrLocalitySchema } from "@attache/envoy-api/gen/envoy/extensions/load_balancing_policies/wrr_locality/v3/wrr_locality_pb"
import { duration } from "../../emit/duration.ts"
import { defined, extension } from "../../emit/wire.ts"
import type { LoadBalancerSpec } from "./load-balancer-spec.ts"

/**
 * Round robin by the load that endpoints report (ORCA). Weights of zones go around it, for it has none itself.
 *
 * Periods of nothing are left to Envoy. Source: `BackendUtilization` of Envoy Gateway 1.9.
 */
export function backendUtilization(spec: LoadBalancerSpec, hasWeightedZones: boolean): ReturnType<typeof extension> {
  const picking = extension(
    "envoy.load_balancing_policies.client_side_weighted_round_robin",
    ClientSideWeightedRoundRobinSchema,
    settings(spec),
  )
  if (!hasWeightedZones) return picking
  return extension("envoy.load_balancing_policies.wrr_locality", WrrLocalitySchema, {
    endpointPickingPolicy: { policies: [{ typedExtensionConfig: picking }] },
  })
}

function settings({ slowStart, backendUtilization: own = {} }: LoadBalancerSpec) {
  const window = positive(slowStart?.window)
  const penalty = own.errorUtilizationPenaltyPercent
  return defined({
    ...outOfBand(own.outOfBand),
    blackoutPeriod: positive(own.blackoutPeriod),
    weightExpirationPeriod: positive(own.weightExpirationPeriod),
    weightUpdatePeriod: positive(own.weightUpdatePeriod),
    errorUtilizationPenalty: penalty === undefined ? undefined : Math.fround(penalty / 100),
    metricNamesForComputingUtilization: [...(own.metricNamesForComputingUtilization ?? [])],
    slowStartConfig: window === undefined ? undefined : { slowStartWindow: window },
  })
}

function outOfBand(spec: NonNullable<LoadBalancerSpec["backendUtilization"]>["outOfBand"]) {
  if (spec === undefined) return {}
  const { port, authority, reportingPeriod } = spec
  const target = defined({ portValue: port, authority })
  return {
    enableOobLoadReport: true,
    oobReportingPeriod: positive(reportingPeriod),
    oobReportingConfig: Object.keys(target).length === 0 ? undefined : target,
  }
}

function positive(text: string | undefined): ReturnType<typeof duration> | undefined {
  if (text === undefined) return undefined
  const length = duration(text)
  return length.seconds > 0n || length.nanos > 0 ? length : undefined
}
