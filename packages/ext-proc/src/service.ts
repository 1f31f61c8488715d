import { type Logger, messageOf } from "@attache/base"
import { decode, encode } from "@attache/envoy-api"
import {
  type ProcessingRequest,
  ProcessingRequestSchema,
  ProcessingResponseSchema,
} from "@attache/envoy-api/gen/envoy/service/ext_proc/v3/external_processor_pb"
import { type handleBidiStreamingCall, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js"
import { createSession, type SessionFailure, type SessionOptions } from "./session.ts"
import type { ResponseInit } from "./wire.ts"

/** `envoy.service.ext_proc.v3.ExternalProcessor`, for clients and servers of grpc-js. */
export const externalProcessorService = {
  process: {
    path: "/envoy.service.ext_proc.v3.ExternalProcessor/Process",
    requestStream: true,
    responseStream: true,
    requestSerialize: (request: Parameters<typeof encode<typeof ProcessingRequestSchema>>[1]) =>
      asBuffer(encode(ProcessingRequestSchema, request)),
    requestDeserialize: (bytes: Buffer) => decode(ProcessingRequestSchema, bytes),
    responseSerialize: (response: ResponseInit) => asBuffer(encode(ProcessingResponseSchema, response)),
    responseDeserialize: (bytes: Buffer) => decode(ProcessingResponseSchema, bytes),
  },
} as const

/** `grpc.health.v1.Health/Check`, which Envoy's active health checks ask; always serving while the server listens. */
export const healthService = {
  check: {
    path: "/grpc.health.v1.Health/Check",
    requestStream: false,
    responseStream: false,
    requestSerialize: (request: Buffer) => request,
    requestDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: (response: Buffer) => response,
    responseDeserialize: (bytes: Buffer) => bytes,
  },
} as const

// HealthCheckResponse { status: SERVING }
const serving = Buffer.from([0x08, 0x01])

/** Answers every health check alike. */
export function checkHealth(_call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>): void {
  answer(null, serving)
}

/** Runs one session per stream. */
export function processStreams<State>(
  options: SessionOptions<State>,
  logger: Logger,
): handleBidiStreamingCall<ProcessingRequest, ResponseInit> {
  return (call) => {
    const session = createSession(options, {
      send(response) {
        if (call.write(response)) return
        call.pause()
        call.once("drain", () => call.resume())
      },
      fail(failure) {
        logger.error(...describeFailure(failure, options.handlerTimeoutMs))
        // The text goes to the proxy's log only; what was thrown stays here.
        const code = failure.isTimeout ? status.DEADLINE_EXCEEDED : status.INTERNAL
        call.emit("error", { code, details: `${failure.handler} ${failure.isTimeout ? "timed out" : "failed"}` })
        session.end()
      },
    })
    call.on("data", (request: ProcessingRequest) => session.receive(request))
    call.on("end", () =>
      session.finish(() => {
        session.end()
        call.end()
      }),
    )
    call.on("cancelled", () => session.end())
    call.on("close", () => session.end())
    call.on("error", () => session.end())
  }
}

function describeFailure(
  { handler, reason, isTimeout }: SessionFailure,
  timeoutMs: number,
): [message: string, fields: Record<string, string | number>] {
  if (isTimeout) return [`${handler} took too long`, { code: "ATT_EXT_PROC_HANDLER_TIMEOUT", timeoutMs }]
  const at =
    reason instanceof Error
      ? reason.stack
          ?.split("\n")
          .find((line) => line.includes(" at "))
          ?.trim()
      : undefined
  const fields = { code: "ATT_EXT_PROC_HANDLER_FAILED", reason: messageOf(reason) }
  return [`${handler} failed`, at === undefined ? fields : { ...fields, at }]
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
