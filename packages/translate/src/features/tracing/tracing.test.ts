import { decode, encode, toJson } from "@attache/envoy-api"
import { HttpConnectionManager_TracingSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb"
import { describe, expect, it } from "vitest"
import { httpListener, proxyOptions } from "../../emit/test-plan.ts"
import type { TracingPlan } from "../../plan/index.ts"
import { tracing } from "./tracing.ts"

const plan: TracingPlan = {
  serviceName: "edge.infra",
  authority: "otel.infra.svc",
  provider: "OpenTelemetry",
  destination: { name: "tracing", settings: [] },
  sampling: { numerator: 100, denominator: 100 },
  spec: {},
}

/** Tracing of a connection manager as JSON, with its tracer's settings under `tracer`. */
function json(more: Partial<TracingPlan>) {
  const options = proxyOptions({ tracing: { ...plan, ...more } })
  const part = tracing.contributeListener?.({
    protocol: "http",
    options,
    listener: httpListener(),
    hasGrpcRoute: false,
  })
  const bytes = encode(HttpConnectionManager_TracingSchema, part?.hcm?.tracing ?? {})
  const { provider, ...rest } = toJson(
    HttpConnectionManager_TracingSchema,
    decode(HttpConnectionManager_TracingSchema, bytes),
  ) as Record<string, Record<string, unknown>>
  return { ...rest, tracer: provider?.typedConfig as Record<string, unknown> }
}

const sampler = (type: string, samplingPercentage?: object) => ({
  spec: { provider: { openTelemetry: { sampler: { type, samplingPercentage } } } },
})
const typeUrl = (name: string) => `type.googleapis.com/envoy.extensions.tracers.opentelemetry.samplers.v3.${name}`

describe("tracing", () => {
  it.each<readonly [Partial<TracingPlan>, Record<string, unknown>]>([
    [{}, { clientSampling: {}, randomSampling: { value: 100 }, overallSampling: { value: 100 } }],
    [
      { sampling: { numerator: 1, denominator: 8 } },
      { clientSampling: {}, randomSampling: { value: 12.5 }, overallSampling: { value: 100 } },
    ],
    [
      { spec: { clientSamplingFraction: { numerator: 5 }, overallSamplingFraction: { numerator: 1, denominator: 4 } } },
      { clientSampling: { value: 5 }, randomSampling: { value: 100 }, overallSampling: { value: 25 } },
    ],
    [
      { sampling: { numerator: 1, denominator: 100 }, ...sampler("AlwaysOn") },
      { clientSampling: {}, randomSampling: { value: 100 }, overallSampling: { value: 100 } },
    ],
    [{ spec: { spanName: { server: "in", client: "out" } } }, { operation: "in", upstreamOperation: "out" }],
  ])("of %j", (more, expected) => {
    expect(json(more)).toMatchObject(expected)
  })

  it.each<readonly [object | undefined, Record<string, unknown>]>([
    [undefined, { numerator: 100 }],
    [{ numerator: 5 }, { numerator: 5 }],
    [
      { numerator: 5, denominator: 1000 },
      { numerator: 50, denominator: "TEN_THOUSAND" },
    ],
    [
      { numerator: 5, denominator: 10_000 },
      { numerator: 5, denominator: "TEN_THOUSAND" },
    ],
    [
      { numerator: 7, denominator: 100_000 },
      { numerator: 70, denominator: "MILLION" },
    ],
    [
      { numerator: 1, denominator: 3 },
      { numerator: 333_333, denominator: "MILLION" },
    ],
    [
      { numerator: 57, denominator: 1_000_000 },
      { numerator: 57, denominator: "MILLION" },
    ],
  ])("samples a share of %j", (share, samplingPercentage) => {
    expect(json(sampler("TraceIdRatio", share)).tracer.sampler).toEqual({
      name: "envoy.tracers.opentelemetry.samplers.trace_id_ratio_based",
      typedConfig: { "@type": typeUrl("TraceIdRatioBasedSamplerConfig"), samplingPercentage },
    })
  })

  it("asks the parent span first", () => {
    expect(json(sampler("ParentBasedAlwaysOff")).tracer.sampler).toMatchObject({
      name: "envoy.tracers.opentelemetry.samplers.parent_based",
      typedConfig: {
        wrappedSampler: { typedConfig: { "@type": typeUrl("TraceIdRatioBasedSamplerConfig"), samplingPercentage: {} } },
      },
    })
  })

  it("puts tags in order of their names, whoever gave them", () => {
    const spec = {
      tags: { z: "%REQ(z)%", a: "literal" },
      customTags: {
        z: { type: "Literal", literal: { value: "beaten" } },
        m: { type: "Environment", environment: { name: "POD", defaultValue: "-" } },
        b: { type: "RequestHeader", requestHeader: { name: "x-b" } },
        c: { type: "Literal", literal: { value: "c" } },
      },
    }
    expect(json({ spec })).toMatchObject({
      customTags: [
        { tag: "a", value: "literal" },
        { tag: "b", requestHeader: { name: "x-b" } },
        { tag: "c", literal: { value: "c" } },
        { tag: "m", environment: { name: "POD", defaultValue: "-" } },
        { tag: "z", value: "%REQ(z)%" },
      ],
    })
  })
})
