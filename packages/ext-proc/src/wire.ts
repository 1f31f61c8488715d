// The protobuf forms of what this package sends, and of what it is asked.
import type { encode } from "@attache/envoy-api"
import type { HeaderValueOptionSchema } from "@attache/envoy-api/gen/envoy/config/core/v3/base_pb"
import type {
  ProcessingMode_BodySendMode,
  ProcessingModeSchema,
} from "@attache/envoy-api/gen/envoy/extensions/filters/http/ext_proc/v3/processing_mode_pb"
import type {
  CommonResponseSchema,
  HeaderMutationSchema,
  ProcessingResponseSchema,
} from "@attache/envoy-api/gen/envoy/service/ext_proc/v3/external_processor_pb"
import type { StatusCode } from "@attache/envoy-api/gen/envoy/type/v3/http_status_pb"
import { type BodyMode, bodyModes, type ChunkDecision } from "./body.ts"
import type { ModeOverride } from "./exchange.ts"
import type { ImmediateResponse } from "./handlers.ts"
import type { HeaderChange } from "./headers.ts"

/** A response before it is encoded. */
export type ResponseInit = Parameters<typeof encode<typeof ProcessingResponseSchema>>[1]
type ResponseCase = NonNullable<ResponseInit["response"]>
type HeaderMutationInit = Parameters<typeof encode<typeof HeaderMutationSchema>>[1]
type HeaderOptionInit = Parameters<typeof encode<typeof HeaderValueOptionSchema>>[1]
type CommonInit = Parameters<typeof encode<typeof CommonResponseSchema>>[1]

/** The message a response belongs to, in the words of the protocol. */
export type Phase =
  | "requestHeaders"
  | "requestBody"
  | "requestTrailers"
  | "responseHeaders"
  | "responseBody"
  | "responseTrailers"

const overwriteOrAdd = 2
const continueAndReplace = 1

/** Announced body mode by its number in `ProcessingMode.BodySendMode`; unknown ones count as none. */
export function bodyModeOf(number: number): BodyMode {
  return bodyModes[number] ?? "none"
}

/** Text as UTF-8, bytes as they are. */
export function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? Buffer.from(content) : content
}

function numberOf(mode: BodyMode): ProcessingMode_BodySendMode {
  return bodyModes.indexOf(mode) as ProcessingMode_BodySendMode
}

/**
 * Changes in the form Envoy applies: it removes first and sets then, whatever the order of the changes was.
 *
 * `append` is written beside `append_action`, for both say the same and Envoy versions differ in which they read.
 */
export function headerMutation(changes: readonly HeaderChange[]): HeaderMutationInit {
  const byName = new Map<string, { isReplaced: boolean; values: Uint8Array[] }>()
  for (const { name, value, isAppended } of changes) {
    const known = byName.get(name)
    const values = value === undefined ? [] : [value]
    if (!isAppended) byName.set(name, { isReplaced: true, values })
    else if (known === undefined) byName.set(name, { isReplaced: false, values })
    else known.values.push(...values)
  }
  const setHeaders: HeaderOptionInit[] = []
  const removeHeaders: string[] = []
  for (const [key, { isReplaced, values }] of byName) {
    if (values.length === 0) removeHeaders.push(key)
    values.forEach((rawValue, i) => {
      const header = { key, rawValue }
      const keepEmptyValue = rawValue.length === 0
      setHeaders.push(
        isReplaced && i === 0
          ? { header, appendAction: overwriteOrAdd, keepEmptyValue }
          : { header, append: true, keepEmptyValue },
      )
    })
  }
  return { setHeaders, removeHeaders }
}

/** The answer to headers. */
export function headersResponse(
  phase: "requestHeaders" | "responseHeaders",
  changes: readonly HeaderChange[],
  replacedBody: string | Uint8Array | undefined,
  clearRouteCache: boolean,
): ResponseCase {
  const response: CommonInit = { clearRouteCache }
  if (changes.length > 0) response.headerMutation = headerMutation(changes)
  if (replacedBody !== undefined) {
    response.status = continueAndReplace
    response.bodyMutation = { mutation: { case: "body", value: bytesOf(replacedBody) } }
  }
  return { case: phase, value: { response } }
}

/** The answer to a body or chunk. */
export function bodyResponse(
  phase: "requestBody" | "responseBody",
  changes: readonly HeaderChange[],
  decision: ChunkDecision,
  clearRouteCache: boolean,
): ResponseCase {
  const response: CommonInit = { clearRouteCache }
  if (changes.length > 0) response.headerMutation = headerMutation(changes)
  if (decision.kind === "replace") {
    const { content } = decision
    response.bodyMutation = {
      mutation: content.length > 0 ? { case: "body", value: content } : { case: "clearBody", value: true },
    }
  }
  return { case: phase, value: { response } }
}

/** A chunk of a body in the mode where chunks are not answers. */
export function streamedBody(
  phase: "requestBody" | "responseBody",
  body: Uint8Array,
  endOfStream: boolean,
): ResponseCase {
  const mutation = { case: "streamedResponse", value: { body, endOfStream } } as const
  return { case: phase, value: { response: { bodyMutation: { mutation } } } }
}

/** The answer to trailers. */
export function trailersResponse(
  phase: "requestTrailers" | "responseTrailers",
  changes: readonly HeaderChange[],
): ResponseCase {
  return { case: phase, value: changes.length === 0 ? {} : { headerMutation: headerMutation(changes) } }
}

/** An answer in place of the upstream's. */
export function immediateResponse({ status, headers, body, grpcStatus, details }: ImmediateResponse): ResponseCase {
  const changes = Object.entries(headers).map(([name, value]) => ({
    name: name.toLowerCase(),
    value: Buffer.from(value),
    isAppended: false,
  }))
  return {
    case: "immediateResponse",
    value: {
      status: { code: status as StatusCode },
      headers: headerMutation(changes),
      body: bytesOf(body),
      details,
      ...(grpcStatus === undefined ? {} : { grpcStatus: { status: grpcStatus } }),
    },
  }
}

/** A mode override; header modes that are absent stay DEFAULT, which means as configured. */
export function processingMode(
  override: ModeOverride,
  current: { readonly requestBody: BodyMode; readonly responseBody: BodyMode },
): Parameters<typeof encode<typeof ProcessingModeSchema>>[1] {
  const send = (mode: "send" | "skip" | undefined) => (mode === undefined ? 0 : mode === "send" ? 1 : 2)
  return {
    responseHeaderMode: send(override.responseHeaders),
    requestBodyMode: numberOf(override.requestBody ?? current.requestBody),
    responseBodyMode: numberOf(override.responseBody ?? current.responseBody),
    requestTrailerMode: send(override.requestTrailers),
    responseTrailerMode: send(override.responseTrailers),
  }
}
