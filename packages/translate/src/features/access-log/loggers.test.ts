import { decode, encode, toJson } from "@attache/envoy-api"
import { AccessLogSchema } from "@attache/envoy-api/gen/envoy/config/accesslog/v3/accesslog_pb"
import { describe, expect, it } from "vitest"
import type { AccessLogPlan, Destination } from "../../plan/index.ts"
import { defaultJsonFormat, logger } from "./loggers.ts"

type Json = Readonly<Record<string, unknown>>

/** The settings of a sink's logger as JSON. */
function settings(sink: AccessLogPlan["sink"]): Json {
  const { name, typedConfig } = logger(sink)
  const message = { name, configType: { case: "typedConfig" as const, value: typedConfig } }
  const json = toJson(AccessLogSchema, decode(AccessLogSchema, encode(AccessLogSchema, message))) as Json
  return json.typedConfig as Json
}

const withoutQuery = "%REQ_WITHOUT_QUERY(X-ENVOY-ORIGINAL-PATH?:PATH)%"
const formatters = [
  {
    name: "envoy.formatter.req_without_query",
    typedConfig: { "@type": "type.googleapis.com/envoy.extensions.formatter.req_without_query.v3.ReqWithoutQuery" },
  },
]
const file = { path: "/dev/stdout" }
const destination: Destination = { name: "accesslog_otel_0_0", settings: [] }
const otel = { type: "open-telemetry", destination, authority: "otel.infra.svc" } as const
const values = (entries: readonly (readonly [string, string])[]) => ({
  values: entries.map(([key, stringValue]) => ({ key, value: { stringValue } })),
})
const pod = [
  ["k8s.namespace.name", "%ENVIRONMENT(ENVOY_POD_NAMESPACE)%"],
  ["k8s.pod.name", "%ENVIRONMENT(ENVOY_POD_NAME)%"],
] as const

describe("loggers", () => {
  it.each<readonly [string, AccessLogPlan["sink"], Json]>([
    [
      "text in a file",
      { ...file, type: "file-text", format: "%PROTOCOL%\n" },
      { path: "/dev/stdout", logFormat: { textFormatSource: { inlineString: "%PROTOCOL%\n" } } },
    ],
    [
      "text with paths without their queries",
      { ...file, type: "file-text", format: withoutQuery },
      { path: "/dev/stdout", logFormat: { textFormatSource: { inlineString: withoutQuery }, formatters } },
    ],
    [
      "text with operators Envoy has built in",
      { ...file, type: "file-text", format: "%CEL(request.method)% %METADATA(DYNAMIC:a:b)%" },
      {
        path: "/dev/stdout",
        logFormat: { textFormatSource: { inlineString: "%CEL(request.method)% %METADATA(DYNAMIC:a:b)%" } },
      },
    ],
    [
      "JSON in a file",
      { ...file, type: "file-json", format: { path: withoutQuery } },
      { path: "/dev/stdout", logFormat: { jsonFormat: { path: withoutQuery }, formatters } },
    ],
    [
      "fields of nobody's choice",
      { ...file, type: "file-json", format: {} },
      { path: "/dev/stdout", logFormat: { jsonFormat: defaultJsonFormat } },
    ],
  ])("write %s", (_, sink, want) => {
    expect(settings(sink)).toEqual({ "@type": expect.stringContaining("FileAccessLog"), ...want })
  })

  it.each<readonly [string, Partial<typeof otel> & Json, Json]>([
    [
      "text",
      { text: "%PROTOCOL%", resources: { b: "2", a: "1" } },
      {
        body: { stringValue: "%PROTOCOL%" },
        attributes: values(pod),
        resourceAttributes: values([
          ["a", "1"],
          ["b", "2"],
        ]),
      },
    ],
    [
      "attributes by name",
      { attributes: { b: "%PROTOCOL%", a: "1" } },
      { attributes: values([...pod, ["a", "1"], ["b", "%PROTOCOL%"]]) },
    ],
    [
      "text with paths without their queries",
      { text: withoutQuery, attributes: { a: "1" } },
      { body: { stringValue: withoutQuery }, attributes: values([...pod, ["a", "1"]]), formatters },
    ],
    [
      "attributes with paths without their queries",
      { attributes: { a: withoutQuery } },
      { attributes: values([...pod, ["a", withoutQuery]]), formatters },
    ],
    ["fields of nobody's choice", {}, { attributes: values([...pod, ...Object.entries(defaultJsonFormat)]) }],
  ])("send %s to OpenTelemetry", (_, more, want) => {
    expect(settings({ ...otel, ...more })).toEqual({
      "@type": expect.stringContaining("OpenTelemetryAccessLogConfig"),
      commonConfig: {
        logName: "otel_envoy_accesslog",
        grpcService: { envoyGrpc: { clusterName: "accesslog_otel_0_0", authority: "otel.infra.svc" } },
        transportApiVersion: "V3",
      },
      ...want,
    })
  })

  it("send headers to log services of requests, and none to those of connections", () => {
    const http = { requestHeaders: ["a"], responseHeaders: ["b"], responseTrailers: ["c"] }
    const als = { type: "als", destination, logName: "edge", http } as const
    const commonConfig = {
      logName: "edge",
      grpcService: { envoyGrpc: { clusterName: "accesslog_otel_0_0" } },
      transportApiVersion: "V3",
    }
    expect(settings({ ...als, isTcp: false })).toMatchObject({
      commonConfig,
      additionalRequestHeadersToLog: ["a"],
      additionalResponseHeadersToLog: ["b"],
      additionalResponseTrailersToLog: ["c"],
    })
    expect(settings({ ...als, isTcp: true })).toEqual({
      "@type": expect.stringContaining("TcpGrpcAccessLogConfig"),
      commonConfig,
    })
  })
})
