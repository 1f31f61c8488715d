// Active and passive health checks of a cluster.

import type { OutlierDetectionSchema } from "@attache/envoy-api/gen/envoy/config/cluster/v3/outlier_detection_pb"
import type { HealthCheckSchema } from "@attache/envoy-api/gen/envoy/config/core/v3/health_check_pb"
import { HealthCheckEventFileSinkSchema } from "@attache/envoy-api/gen/envoy/extensions/health_check/event_sinks/file/v3/file_pb"
import { duration } from "../../emit/duration.ts"
import { defined, extension, type Init } from "../../emit/wire.ts"
import type { Feature } from "../feature.ts"
import { type ActiveSpec, type HealthCheckLogSpec, type HealthCheckSpec, healthChecker } from "./health-checker.ts"

type HealthCheck = Init<typeof HealthCheckSchema>

/** Envoy's own threshold for panic mode, in percent. */
const defaultPanicThreshold = 50

/** Health checks, outlier detection and the panic threshold. */
export const healthCheck: Feature = {
  name: "health-check",
  contributeCluster: ({ traffic }) => {
    const { active, passive, panicThreshold } = (traffic?.healthCheck ?? {}) as HealthCheckSpec
    return {
      cluster: defined({
        healthChecks: active === undefined ? undefined : [check(active, traffic?.healthCheckLog)],
        outlierDetection: passive === undefined ? undefined : outlierDetection(passive),
        commonLbConfig:
          panicThreshold === undefined || panicThreshold === defaultPanicThreshold
            ? {}
            : { healthyPanicThreshold: { value: panicThreshold } },
      }),
    }
  },
}

function check(spec: ActiveSpec, fleetLog: HealthCheckLogSpec | undefined): HealthCheck {
  return defined({
    timeout: duration(spec.timeout ?? "1s"),
    interval: duration(spec.interval ?? "3s"),
    unhealthyThreshold: spec.unhealthyThreshold ?? 3,
    healthyThreshold: spec.healthyThreshold ?? 1,
    initialJitter: spec.initialJitter === undefined ? undefined : duration(spec.initialJitter),
    healthChecker: healthChecker(spec),
    ...eventLog(spec.healthCheckLog ?? fleetLog),
  })
}

/** Log of health check events; without a choice of events all failures and successes are in it. */
function eventLog(log: HealthCheckLogSpec | undefined): HealthCheck {
  if (log === undefined) return {}
  const matches = log.matches ?? []
  const wants = (event: string): boolean => matches.length === 0 || matches.includes(event)
  const path = log.sinks?.[0]?.file?.path ?? "/dev/stdout"
  return {
    alwaysLogHealthCheckFailures: wants("Failure"),
    alwaysLogHealthCheckSuccess: wants("Success"),
    eventLogger: [
      extension("envoy.health_check.event_sinks.file", HealthCheckEventFileSinkSchema, { eventLogPath: path }),
    ],
  }
}

function outlierDetection(spec: NonNullable<HealthCheckSpec["passive"]>): Init<typeof OutlierDetectionSchema> {
  return defined({
    splitExternalLocalOriginErrors: spec.splitExternalLocalOriginErrors,
    consecutive5xx: spec.consecutive5XxErrors,
    consecutiveGatewayFailure: spec.consecutiveGatewayErrors,
    enforcingConsecutiveGatewayFailure: spec.consecutiveGatewayErrors === undefined ? undefined : 100,
    consecutiveLocalOriginFailure: spec.consecutiveLocalOriginFailures,
    interval: spec.interval === undefined ? undefined : duration(spec.interval),
    baseEjectionTime: spec.baseEjectionTime === undefined ? undefined : duration(spec.baseEjectionTime),
    // Envoy Gateway leaves 0 out, so that Envoy's own 10 % hold.
    maxEjectionPercent: spec.maxEjectionPercent === 0 ? undefined : spec.maxEjectionPercent,
    alwaysEjectOneHost: spec.alwaysEjectOneEndpoint,
    failurePercentageThreshold: spec.failurePercentageThreshold,
    enforcingFailurePercentage: spec.failurePercentageThreshold === undefined ? undefined : 100,
  })
}
