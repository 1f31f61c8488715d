import type { EnvoyProxySpec } from "@attache/kube-api"
import type { AccessLogPlan } from "../../plan/index.ts"
import { aggregate } from "../sentence.ts"
import { celError } from "./cel.ts"
import type { Collectors } from "./collector.ts"

type Settings = NonNullable<NonNullable<NonNullable<EnvoyProxySpec["telemetry"]>["accessLog"]>["settings"]>[number]
type Sink = Settings["sinks"][number]
type Format = { readonly text?: string; readonly json?: Readonly<Record<string, string>> }

/** JSON fields of an access log nobody configured: key, and operator where it is not the key in upper case. */
export const defaultJsonFormat: Readonly<Record<string, string>> = {
  start_time: "%START_TIME%",
  method: "%REQ(:METHOD)%",
  "x-envoy-origin-path": "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%",
  protocol: "%PROTOCOL%",
  response_code: "%RESPONSE_CODE%",
  response_flags: "%RESPONSE_FLAGS%",
  response_code_details: "%RESPONSE_CODE_DETAILS%",
  connection_termination_details: "%CONNECTION_TERMINATION_DETAILS%",
  upstream_transport_failure_reason: "%UPSTREAM_TRANSPORT_FAILURE_REASON%",
  bytes_received: "%BYTES_RECEIVED%",
  bytes_sent: "%BYTES_SENT%",
  duration: "%DURATION%",
  "x-envoy-upstream-service-time": "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%",
  "x-forwarded-for": "%REQ(X-FORWARDED-FOR)%",
  "user-agent": "%REQ(USER-AGENT)%",
  "x-request-id": "%REQ(X-REQUEST-ID)%",
  ":authority": "%REQ(:AUTHORITY)%",
  upstream_host: "%UPSTREAM_HOST%",
  upstream_cluster: "%UPSTREAM_CLUSTER%",
  upstream_local_address: "%UPSTREAM_LOCAL_ADDRESS%",
  downstream_local_address: "%DOWNSTREAM_LOCAL_ADDRESS%",
  downstream_remote_address: "%DOWNSTREAM_REMOTE_ADDRESS%",
  requested_server_name: "%REQUESTED_SERVER_NAME%",
  route_name: "%ROUTE_NAME%",
}

/** The access log of a proxy nobody configured. */
export const defaultAccessLog: AccessLogPlan = {
  scope: "RouteAndListener",
  matches: [],
  sink: { type: "file-json", path: "/dev/stdout", format: defaultJsonFormat },
}

/** Order in which loggers are emitted. */
const kindOrder = ["file-text", "file-json", "als", "open-telemetry"]

/** Access loggers of an EnvoyProxy, in the order in which Envoy Gateway emits them. gRPC logs without a name get the default one. */
export function readAccessLogs(
  spec: EnvoyProxySpec,
  collectors: Collectors,
  defaultLogName: string,
): { readonly accessLogs: readonly AccessLogPlan[] } | { readonly error: string } {
  const accessLog = spec.telemetry?.accessLog
  if (accessLog?.disable === true) return { accessLogs: [] }
  const settings = accessLog?.settings ?? []
  if (settings.length === 0) return { accessLogs: [defaultAccessLog] }
  const found: AccessLogPlan[] = []
  for (const [i, setting] of settings.entries()) {
    const matches = setting.matches ?? []
    const errors = matches
      .filter((text) => celError(text) !== undefined)
      .map((text) => `invalid CEL expression: ${text}`)
    if (errors.length > 0) return { error: aggregate(errors) }
    const format: Format = setting.format ?? {}
    const scope = setting.type ?? "RouteAndListener"
    if ((setting.sinks ?? []).length === 0) found.push({ ...defaultAccessLog, scope, matches })
    for (const [j, sink] of (setting.sinks ?? []).entries()) {
      const made = sinkOf(sink, format, setting.format?.type, `${i}_${j}`, collectors, defaultLogName)
      if (made === undefined) continue
      if ("error" in made) return made
      found.push({ scope, matches, sink: made })
    }
  }
  return { accessLogs: found.sort((a, b) => kindOrder.indexOf(a.sink.type) - kindOrder.indexOf(b.sink.type)) }
}

function sinkOf(
  sink: Sink,
  format: Format,
  type: string | undefined,
  id: string,
  collectors: Collectors,
  defaultLogName: string,
): AccessLogPlan["sink"] | { readonly error: string } | undefined {
  if (sink.type === "File" && sink.file !== undefined) return fileSink(sink.file.path ?? "/dev/stdout", format, type)
  const text = format.text === undefined ? {} : { text: format.text }
  const attributes = format.json === undefined ? {} : { attributes: format.json }
  if (sink.type === "ALS" && sink.als !== undefined) {
    const { als } = sink
    const collector = collectors(`accesslog_als_${id}`, als, true)
    if ("error" in collector) return collector
    const isTcp = als.type === "TCP"
    const http = als.http
    const headers = {
      requestHeaders: http?.requestHeaders ?? [],
      responseHeaders: http?.responseHeaders ?? [],
      responseTrailers: http?.responseTrailers ?? [],
    }
    // Of all clusters of telemetry only these never have the statistics that cost more.
    const { stats: _, ...destination } = collector.destination
    return {
      type: "als",
      destination,
      logName: als.logName ?? defaultLogName,
      isTcp,
      ...text,
      ...attributes,
      ...(isTcp || http === undefined ? {} : { http: headers }),
    }
  }
  if (sink.type === "OpenTelemetry" && sink.openTelemetry !== undefined) {
    const { openTelemetry: otel } = sink
    const collector = collectors(`accesslog_otel_${id}`, otel, true)
    if ("error" in collector) return collector
    const resources = otel.resourceAttributes ?? otel.resources
    return {
      type: "open-telemetry",
      ...collector,
      ...text,
      ...attributes,
      ...(resources === undefined ? {} : { resources }),
      ...(otel.headers === undefined ? {} : { headers: otel.headers }),
    }
  }
  return undefined
}

function fileSink(path: string, format: Format, type: string | undefined): AccessLogPlan["sink"] | undefined {
  if (type === "Text" || (type === undefined && format.text !== undefined)) {
    return format.text === undefined
      ? { type: "file-json", path, format: defaultJsonFormat }
      : { type: "file-text", path, format: format.text }
  }
  const json = format.json
  return {
    type: "file-json",
    path,
    format: json === undefined || Object.keys(json).length === 0 ? defaultJsonFormat : json,
  }
}
