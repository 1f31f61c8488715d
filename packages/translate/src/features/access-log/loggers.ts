import { ApiVersion } from "@attache/envoy-api/gen/envoy/config/core/v3/config_source_pb"
import type { SubstitutionFormatStringSchema } from "@attache/envoy-api/gen/envoy/config/core/v3/substitution_format_string_pb"
import { FileAccessLogSchema } from "@attache/envoy-api/gen/envoy/extensions/access_loggers/file/v3/file_pb"
import {
  type CommonGrpcAccessLogConfigSchema,
  HttpGrpcAccessLogConfigSchema,
  TcpGrpcAccessLogConfigSchema,
} from "@attache/envoy-api/gen/envoy/extensions/access_loggers/grpc/v3/als_pb"
import { OpenTelemetryAccessLogConfigSchema } from "@attache/envoy-api/gen/envoy/extensions/access_loggers/open_telemetry/v3/logs_service_pb"
import { ReqWithoutQuerySchema } from "@attache/envoy-api/gen/envoy/extensions/formatter/req_without_query/v3/req_without_query_pb"
import type { KeyValueListSchema } from "@attache/envoy-api/gen/opentelemetry/proto/common/v1/common_pb"
import { extension, type Init } from "../../emit/wire.ts"
import type { AccessLogPlan } from "../../plan/index.ts"

type Sink = AccessLogPlan["sink"]
type Logger = ReturnType<typeof extension>

/** Fields of Envoy Gateway's JSON access log; also the attributes of OpenTelemetry logs that name none. */
export const defaultJsonFormat: Readonly<Record<string, string>> = {
  ":authority": "%REQ(:AUTHORITY)%",
  bytes_received: "%BYTES_RECEIVED%",
  bytes_sent: "%BYTES_SENT%",
  connection_termination_details: "%CONNECTION_TERMINATION_DETAILS%",
  downstream_local_address: "%DOWNSTREAM_LOCAL_ADDRESS%",
  downstream_remote_address: "%DOWNSTREAM_REMOTE_ADDRESS%",
  duration: "%DURATION%",
  method: "%REQ(:METHOD)%",
  protocol: "%PROTOCOL%",
  requested_server_name: "%REQUESTED_SERVER_NAME%",
  response_code: "%RESPONSE_CODE%",
  response_code_details: "%RESPONSE_CODE_DETAILS%",
  response_flags: "%RESPONSE_FLAGS%",
  route_name: "%ROUTE_NAME%",
  start_time: "%START_TIME%",
  upstream_cluster: "%UPSTREAM_CLUSTER%",
  upstream_host: "%UPSTREAM_HOST%",
  upstream_local_address: "%UPSTREAM_LOCAL_ADDRESS%",
  upstream_transport_failure_reason: "%UPSTREAM_TRANSPORT_FAILURE_REASON%",
  "user-agent": "%REQ(USER-AGENT)%",
  "x-envoy-origin-path": "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%",
  "x-envoy-upstream-service-time": "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%",
  "x-forwarded-for": "%REQ(X-FORWARDED-FOR)%",
  "x-request-id": "%REQ(X-REQUEST-ID)%",
}

/** The logger of a sink. */
export function logger(sink: Sink): Logger {
  switch (sink.type) {
    case "file-text":
      return fileLogger(sink.path, sink.format, {
        format: { case: "textFormatSource", value: { specifier: { case: "inlineString", value: sink.format } } },
      })
    case "file-json": {
      const fields = Object.keys(sink.format).length === 0 ? defaultJsonFormat : sink.format
      return fileLogger(sink.path, Object.values(fields).join(), {
        format: { case: "jsonFormat", value: Object.fromEntries(byKey(fields)) },
      })
    }
    case "als":
      return alsLogger(sink)
    case "open-telemetry":
      return openTelemetryLogger(sink)
  }
}

function fileLogger(path: string, formats: string, format: Init<typeof SubstitutionFormatStringSchema>): Logger {
  return extension("envoy.access_loggers.file", FileAccessLogSchema, {
    path,
    accessLogFormat: { case: "logFormat", value: { ...format, formatters: formattersOf(formats) } },
  })
}

/** Formatters of operators that Envoy does not have built in; it refuses a format without them. */
function formattersOf(formats: string): Logger[] {
  return formats.includes("%REQ_WITHOUT_QUERY")
    ? [extension("envoy.formatter.req_without_query", ReqWithoutQuerySchema, {})]
    : []
}

function alsLogger(sink: Extract<Sink, { type: "als" }>): Logger {
  const commonConfig = grpcConfig(sink.logName, sink.destination.name)
  if (sink.isTcp) return extension("envoy.access_loggers.tcp_grpc", TcpGrpcAccessLogConfigSchema, { commonConfig })
  return extension("envoy.access_loggers.http_grpc", HttpGrpcAccessLogConfigSchema, {
    commonConfig,
    additionalRequestHeadersToLog: [...(sink.http?.requestHeaders ?? [])],
    additionalResponseHeadersToLog: [...(sink.http?.responseHeaders ?? [])],
    additionalResponseTrailersToLog: [...(sink.http?.responseTrailers ?? [])],
  })
}

function openTelemetryLogger(sink: Extract<Sink, { type: "open-telemetry" }>): Logger {
  const hasOwn = sink.text !== undefined || Object.keys(sink.attributes ?? {}).length > 0
  const attributes = hasOwn ? (sink.attributes ?? {}) : defaultJsonFormat
  return extension("envoy.access_loggers.open_telemetry", OpenTelemetryAccessLogConfigSchema, {
    commonConfig: grpcConfig("otel_envoy_accesslog", sink.destination.name, sink.authority, sink.headers),
    ...(sink.text === undefined || sink.text === ""
      ? {}
      : { body: { value: { case: "stringValue", value: sink.text } } }),
    attributes: keyValues([
      ["k8s.namespace.name", "%ENVIRONMENT(ENVOY_POD_NAMESPACE)%"],
      ["k8s.pod.name", "%ENVIRONMENT(ENVOY_POD_NAME)%"],
      ...byKey(attributes),
    ]),
    ...(sink.resources === undefined || Object.keys(sink.resources).length === 0
      ? {}
      : { resourceAttributes: keyValues(byKey(sink.resources)) }),
    formatters: formattersOf([sink.text, ...Object.values(attributes)].join()),
  })
}

function grpcConfig(
  logName: string,
  clusterName: string,
  authority = "",
  headers: readonly { readonly name: string; readonly value: string }[] = [],
): Init<typeof CommonGrpcAccessLogConfigSchema> {
  return {
    logName,
    grpcService: {
      targetSpecifier: { case: "envoyGrpc", value: { clusterName, authority } },
      initialMetadata: headers.map(({ name, value }) => ({ key: name, value })),
    },
    transportApiVersion: ApiVersion.V3,
  }
}

function keyValues(entries: readonly (readonly [string, string])[]): Init<typeof KeyValueListSchema> {
  return { values: entries.map(([key, value]) => ({ key, value: { value: { case: "stringValue", value } } })) }
}

function byKey(map: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}
