import type { Logger } from "@attache/base"
import type { AnswerEvent, XdsEvent } from "@attache/xds-server"
import type { Metrics } from "./metrics.ts"
import type { Refusals } from "./refusals.ts"

/** Who learns what Envoys do. */
export interface EnvoyEventOptions {
  readonly logger: Logger
  readonly metrics: Metrics
  readonly refusals: Refusals
  /** Number of connected streams. */
  readonly streams: () => number
  /** Called after an answer was taken note of. */
  readonly onAnswer: (answer: AnswerEvent) => void
}

/** A handler for the events of an xDS server: they are counted, refusals are kept and logged. */
export function createEnvoyEventHandler(options: EnvoyEventOptions): (event: XdsEvent) => void {
  const { logger, metrics, refusals } = options
  return (event) => {
    if (event.type === "ack" || event.type === "nack") {
      const { type, proxyKey, typeUrl, changed, message } = event
      metrics.answers.inc({ type })
      refusals.record(event)
      metrics.refusals.set(refusals.list().length)
      if (type === "nack") {
        const resources = changed.join(",")
        logger.error("envoy refused an update", { proxy: proxyKey, type: typeUrl, resources, message })
      }
      options.onAnswer(event)
      return
    }
    const { type, proxyKey, nodeId, streamId } = event
    logger.debug(`envoy ${type}s`, { proxy: proxyKey, node: nodeId })
    refusals.connection({ type, proxyKey, nodeId, streamId })
    metrics.streams.set(options.streams())
  }
}
