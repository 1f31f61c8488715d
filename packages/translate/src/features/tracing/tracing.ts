// EnvoyProxy `telemetry.tracing`: sampling, tags and names of spans, and where they go.
import type { HttpConnectionManager_TracingSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb"
import type { CustomTagSchema } from "@attache/envoy-api/gen/envoy/type/tracing/v3/custom_tag_pb"
import { clusterOf } from "../../emit/cluster-spec.ts"
import { defined, type Init } from "../../emit/wire.ts"
import type { TracingPlan } from "../../plan/index.ts"
import type { Feature } from "../feature.ts"
import { tracer } from "./tracers.ts"

/** Tracing of every HTTP listener of a proxy, and the collector's cluster. */
export const tracing: Feature = {
  name: "tracing",
  claimProxy: ({ key, tracing: plan }) =>
    plan === undefined
      ? undefined
      : { clusters: [clusterOf(plan.destination, false, { object: `Proxy/${key}`, field: "telemetry.tracing" })] },
  contributeListener: ({ protocol, options }) =>
    protocol === "http" && options.tracing !== undefined ? { hcm: { tracing: settings(options.tracing) } } : undefined,
}

interface Fraction {
  readonly numerator: number
  readonly denominator?: number
}

interface TracingSpec {
  readonly clientSamplingFraction?: Fraction
  readonly overallSamplingFraction?: Fraction
  readonly spanName?: { readonly client?: string; readonly server?: string }
  readonly tags?: Readonly<Record<string, string>>
  readonly customTags?: Readonly<Record<string, CustomTagSpec>>
  readonly provider?: { readonly openTelemetry?: { readonly sampler?: object } }
}

interface CustomTagSpec {
  readonly type?: "Literal" | "Environment" | "RequestHeader"
  readonly literal?: { readonly value?: string }
  readonly environment?: { readonly name?: string; readonly defaultValue?: string }
  readonly requestHeader?: { readonly name?: string; readonly defaultValue?: string }
}

function settings(plan: TracingPlan): Init<typeof HttpConnectionManager_TracingSchema> {
  const spec = plan.spec as TracingSpec
  const hasSampler = spec.provider?.openTelemetry?.sampler !== undefined
  return defined({
    clientSampling: { value: percent(spec.clientSamplingFraction) ?? 0 },
    // A sampler of the tracer decides; Envoy must hand it every request.
    randomSampling: { value: hasSampler ? 100 : (percent(plan.sampling) ?? 100) },
    overallSampling: { value: percent(spec.overallSamplingFraction) ?? 100 },
    spawnUpstreamSpan: true,
    provider: tracer(plan),
    customTags: customTags(spec),
    operation: spec.spanName?.server,
    upstreamOperation: spec.spanName?.client,
  })
}

function percent(fraction: Fraction | undefined): number | undefined {
  return fraction === undefined ? undefined : (fraction.numerator / (fraction.denominator ?? 100)) * 100
}

/** Tags by name, in order of their names; a text beats a custom tag of its name. */
function customTags({ tags = {}, customTags: custom = {} }: TracingSpec): Init<typeof CustomTagSchema>[] {
  const types = {
    ...Object.fromEntries(Object.entries(custom).map(([tag, spec]) => [tag, customTag(spec)])),
    ...Object.fromEntries(Object.entries(tags).map(([tag, value]) => [tag, { case: "value" as const, value }])),
  }
  return Object.entries(types)
    .map(([tag, type]) => ({ tag, type }))
    .sort((a, b) => (a.tag < b.tag ? -1 : 1))
}

function customTag(spec: CustomTagSpec): NonNullable<Init<typeof CustomTagSchema>["type"]> {
  switch (spec.type) {
    case "Environment":
      return {
        case: "environment",
        value: { name: spec.environment?.name ?? "", defaultValue: spec.environment?.defaultValue ?? "" },
      }
    case "RequestHeader":
      return {
        case: "requestHeader",
        value: { name: spec.requestHeader?.name ?? "", defaultValue: spec.requestHeader?.defaultValue ?? "" },
      }
    default:
      return { case: "literal", value: { value: spec.literal?.value ?? "" } }
  }
}
