import { DatadogConfigSchema } from "@attache/envoy-api/gen/envoy/config/trace/v3/datadog_pb"
import type { Tracing_HttpSchema } from "@attache/envoy-api/gen/envoy/config/trace/v3/http_tracer_pb"
import { OpenTelemetryConfigSchema } from "@attache/envoy-api/gen/envoy/config/trace/v3/opentelemetry_pb"
import {
  ZipkinConfig_CollectorEndpointVersion,
  ZipkinConfigSchema,
} from "@attache/envoy-api/gen/envoy/config/trace/v3/zipkin_pb"
import { StaticConfigResourceDetectorConfigSchema } from "@attache/envoy-api/gen/envoy/extensions/tracers/opentelemetry/resource_detectors/v3/static_config_resource_detector_pb"
import { AlwaysOnSamplerConfigSchema } from "@attache/envoy-api/gen/envoy/extensions/tracers/opentelemetry/samplers/v3/always_on_sampler_pb"
import { ParentBasedSamplerConfigSchema } from "@attache/envoy-api/gen/envoy/extensions/tracers/opentelemetry/samplers/v3/parent_based_sampler_pb"
import { TraceIdRatioBasedSamplerConfigSchema } from "@attache/envoy-api/gen/envoy/extensions/tracers/opentelemetry/samplers/v3/trace_id_ratio_based_sampler_pb"
import {
  FractionalPercent_DenominatorType,
  type FractionalPercentSchema,
} from "@attache/envoy-api/gen/envoy/type/v3/percent_pb"
import { extension, type Init } from "../../emit/wire.ts"
import type { TracingPlan } from "../../plan/index.ts"

type Extension = ReturnType<typeof extension>

interface Provider {
  readonly openTelemetry?: {
    readonly headers?: readonly { readonly name: string; readonly value: string }[]
    readonly resourceAttributes?: Readonly<Record<string, string>>
    readonly sampler?: Sampler
  }
  readonly zipkin?: { readonly enable128BitTraceId?: boolean; readonly disableSharedSpanContext?: boolean }
}

interface Sampler {
  readonly type?: string
  readonly samplingPercentage?: { readonly numerator: number; readonly denominator?: number }
}

/** The tracer that sends spans to the collector's cluster. */
export function tracer(plan: TracingPlan): Init<typeof Tracing_HttpSchema> {
  const provider = (plan.spec.provider ?? {}) as Provider
  const { name, typedConfig } = byProvider(plan, provider)
  return { name, configType: { case: "typedConfig", value: typedConfig } }
}

function byProvider(plan: TracingPlan, provider: Provider): Extension {
  switch (plan.provider) {
    case "OpenTelemetry":
      return openTelemetry(plan, provider.openTelemetry ?? {})
    case "Zipkin":
      return extension("envoy.tracers.zipkin", ZipkinConfigSchema, {
        collectorCluster: plan.destination.name,
        collectorEndpoint: "/api/v2/spans",
        collectorEndpointVersion: ZipkinConfig_CollectorEndpointVersion.HTTP_JSON,
        traceId128bit: provider.zipkin?.enable128BitTraceId ?? false,
        sharedSpanContext: provider.zipkin?.disableSharedSpanContext !== true,
      })
    case "Datadog":
      return extension("envoy.tracers.datadog", DatadogConfigSchema, {
        collectorCluster: plan.destination.name,
        serviceName: plan.serviceName,
      })
  }
}

function openTelemetry(plan: TracingPlan, options: NonNullable<Provider["openTelemetry"]>): Extension {
  const attributes = Object.entries(options.resourceAttributes ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  return extension("envoy.tracers.opentelemetry", OpenTelemetryConfigSchema, {
    grpcService: {
      targetSpecifier: {
        case: "envoyGrpc",
        value: { clusterName: plan.destination.name, authority: plan.authority },
      },
      initialMetadata: (options.headers ?? []).map(({ name, value }) => ({ key: name, value })),
    },
    serviceName: plan.serviceName,
    ...(attributes.length === 0
      ? {}
      : {
          resourceDetectors: [
            extension(
              "envoy.tracers.opentelemetry.resource_detectors.static_config",
              StaticConfigResourceDetectorConfigSchema,
              { attributes: Object.fromEntries(attributes) },
            ),
          ],
        }),
    ...(options.sampler === undefined ? {} : { sampler: sampler(options.sampler) }),
  })
}

function sampler({ type = "AlwaysOn", samplingPercentage }: Sampler): Extension {
  const isParentBased = type.startsWith("ParentBased")
  const root = rootSampler(isParentBased ? type.slice("ParentBased".length) : type, samplingPercentage)
  return isParentBased
    ? extension("envoy.tracers.opentelemetry.samplers.parent_based", ParentBasedSamplerConfigSchema, {
        wrappedSampler: root,
      })
    : root
}

/** Envoy has no sampler that drops all, so that is a share of nothing. */
function rootSampler(type: string, share: Sampler["samplingPercentage"]): Extension {
  if (type === "AlwaysOn")
    return extension("envoy.tracers.opentelemetry.samplers.always_on", AlwaysOnSamplerConfigSchema, {})
  return extension("envoy.tracers.opentelemetry.samplers.trace_id_ratio_based", TraceIdRatioBasedSamplerConfigSchema, {
    samplingPercentage: type === "AlwaysOff" ? {} : fractional(share ?? { numerator: 100 }),
  })
}

/** Envoy knows three denominators; any other share is rounded down to millionths. */
function fractional({
  numerator,
  denominator = 100,
}: NonNullable<Sampler["samplingPercentage"]>): Init<typeof FractionalPercentSchema> {
  switch (denominator) {
    case 100:
      return { numerator }
    case 1000:
      return { numerator: numerator * 10, denominator: FractionalPercent_DenominatorType.TEN_THOUSAND }
    case 10_000:
      return { numerator, denominator: FractionalPercent_DenominatorType.TEN_THOUSAND }
    default:
      return {
        numerator: Math.trunc((numerator * 1_000_000) / denominator),
        denominator: FractionalPercent_DenominatorType.MILLION,
      }
  }
}
