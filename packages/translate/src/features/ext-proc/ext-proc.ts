import { ExternalProcessorSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/http/ext_proc/v3/ext_proc_pb"
import type { ProcessingModeSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/http/ext_proc/v3/processing_mode_pb"
import {
  ProcessingMode_BodySendMode,
  ProcessingMode_HeaderSendMode,
} from "@attache/envoy-api/gen/envoy/extensions/filters/http/ext_proc/v3/processing_mode_pb"
import type { StatusCode } from "@attache/envoy-api/gen/envoy/type/v3/http_status_pb"
import { clusterOf } from "../../emit/cluster-spec.ts"
import { duration } from "../../emit/duration.ts"
import { defined, type Init, typed } from "../../emit/wire.ts"
import type { ExtProcPlan, ProcessingDirection } from "../../plan/index.ts"
import { enableFilter } from "../enable-filter.ts"
import type { Feature } from "../feature.ts"
import { grpcRetry } from "../retry/retry.ts"

const prefix = "envoy.filters.http.ext_proc/"

const bodyModes = {
  Streamed: ProcessingMode_BodySendMode.STREAMED,
  Buffered: ProcessingMode_BodySendMode.BUFFERED,
  BufferedPartial: ProcessingMode_BodySendMode.BUFFERED_PARTIAL,
  FullDuplexStreamed: ProcessingMode_BodySendMode.FULL_DUPLEX_STREAMED,
} as const

/** External processors: the filter and its gRPC service's cluster. */
export const extProc: Feature = {
  name: "ext-proc",
  claimRoute: ({ extensions }) => {
    const plans = extensions?.extProc
    if (plans === undefined || plans.length === 0) return undefined
    return {
      filters: plans.map(({ name }) => prefix + name),
      clusters: plans.map(({ destination, origin }) => clusterOf(destination, false, origin)),
    }
  },
  contributeRoute: ({ extensions }) => {
    const plans = extensions?.extProc
    if (plans === undefined || plans.length === 0) return undefined
    return {
      perFilter: Object.fromEntries(plans.map(({ name }) => [prefix + name, enableFilter])),
      origins: plans.map(({ origin }) => origin),
    }
  },
  fold: (name, { extensions }) => {
    const plan = extensions?.extProc.find((extProc) => prefix + extProc.name === name)
    return plan === undefined ? undefined : { config: filter(plan), isDisabled: true }
  },
}

function filter(plan: ExtProcPlan): ReturnType<typeof typed> {
  const { accessibleNamespaces: forwarded, writableNamespaces: received } = plan
  const config: Init<typeof ExternalProcessorSchema> = defined({
    grpcService: defined({
      targetSpecifier: {
        case: "envoyGrpc" as const,
        value: { clusterName: plan.destination.name, authority: plan.authority },
      },
      timeout: { seconds: 10n, nanos: 0 },
      retryPolicy: plan.retry === undefined ? undefined : grpcRetry(plan.retry),
    }),
    failureModeAllow: plan.isFailOpen,
    observabilityMode: plan.isShadow,
    messageTimeout: plan.messageTimeout === undefined ? undefined : duration(plan.messageTimeout),
    processingMode: processingMode(plan),
    requestAttributes: plan.request === undefined ? undefined : [...plan.request.attributes],
    responseAttributes: plan.response === undefined ? undefined : [...plan.response.attributes],
    metadataOptions:
      forwarded === undefined && received === undefined
        ? undefined
        : defined({
            forwardingNamespaces: forwarded === undefined ? undefined : { untyped: [...forwarded] },
            receivingNamespaces: received === undefined ? undefined : { untyped: [...received] },
          }),
    allowModeOverride: plan.isModeOverrideAllowed,
    statusOnError: plan.statusOnError === undefined ? undefined : { code: plan.statusOnError as StatusCode },
  })
  return typed(ExternalProcessorSchema, config)
}

function processingMode({ request, response }: ExtProcPlan): Init<typeof ProcessingModeSchema> {
  return {
    requestHeaderMode: headerMode(request !== undefined),
    requestBodyMode: bodyMode(request),
    requestTrailerMode: headerMode(request?.body === "FullDuplexStreamed"),
    responseHeaderMode: headerMode(response !== undefined),
    responseBodyMode: bodyMode(response),
    responseTrailerMode: headerMode(response?.body === "FullDuplexStreamed"),
  }
}

function headerMode(isSent: boolean): ProcessingMode_HeaderSendMode {
  return isSent ? ProcessingMode_HeaderSendMode.SEND : ProcessingMode_HeaderSendMode.SKIP
}

function bodyMode(direction: ProcessingDirection | undefined): ProcessingMode_BodySendMode {
  return direction?.body === undefined ? ProcessingMode_BodySendMode.NONE : bodyModes[direction.body]
}
