import type { DataStatus, HeadersStatus, TrailersStatus } from "./filter-manager.ts"

/** What became of a callback: its number, `skip` when it is absent, `open` or `failed` after a failure of the VM. */
export type CallbackOutcome = number | "skip" | "open" | "failed"

/** What a headers callback's number means. @param allowsStop `allow_on_headers_stop_iteration`. Source: proxy-wasm-cpp-host `convertVmCallResultToFilterHeadersStatus` */
export function headersStatus(outcome: CallbackOutcome, allowsStop: boolean): HeadersStatus {
  if (outcome === "skip" || outcome === "open") return "continue"
  if (outcome === "failed" || outcome > 4) return "stop-all-watermark"
  if (outcome === 1) return allowsStop ? "stop" : "stop-all-watermark"
  return outcome === 3 ? "stop-all-buffer" : outcome === 4 ? "stop-all-watermark" : "continue"
}

/** What a body callback's number means. */
export function dataStatus(outcome: CallbackOutcome): DataStatus {
  if (outcome === "skip" || outcome === "open" || outcome === 0) return "continue"
  if (outcome === 1) return "stop-buffer"
  return outcome === 2 ? "stop-watermark" : "stop-no-buffer"
}

/** What a trailers callback's number means. */
export function trailersStatus(outcome: CallbackOutcome): TrailersStatus {
  return outcome === "skip" || outcome === "open" || outcome === 0 ? "continue" : "stop"
}
