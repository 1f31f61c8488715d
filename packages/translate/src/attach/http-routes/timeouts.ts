import type { HTTPRoute } from "@attache/kube-api"
import type { RetryPlan, RouteTimeouts } from "../../plan/index.ts"

type Rule = NonNullable<HTTPRoute["spec"]["rules"]>[number]

const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 }
const hour = 3_600_000

/** Milliseconds of a Gateway API duration such as `1h30m` or `500ms`, or undefined. */
export function parseDuration(text: string): number | undefined {
  if (!/^([0-9]{1,5}(h|m|s|ms)){1,4}$/.test(text)) return undefined
  let total = 0
  for (const [, count = "0", unit = "s"] of text.matchAll(/([0-9]+)(ms|h|m|s)/g))
    total += Number(count) * (units[unit] ?? 0)
  return total
}

/** Milliseconds as a protobuf JSON duration. */
export function protoDuration(milliseconds: number): string {
  return `${milliseconds / 1000}s`
}

/**
 * Timeouts of a rule. The backend request timeout stands for the whole request when nothing is retried. What cannot be read is 15 s.
 *
 * Streams may idle as long as the request may last, an hour at least; without a request timeout, nothing is said. Source: Envoy Gateway 1.9.
 */
export function planTimeouts({ timeouts, retry }: Rule): RouteTimeouts | undefined {
  const text = (retry === undefined ? timeouts?.backendRequest : undefined) ?? timeouts?.request
  if (text === undefined) return undefined
  const request = parseDuration(text) ?? 15_000
  return { request: protoDuration(request), idle: protoDuration(request === 0 ? 0 : Math.max(hour, request)) }
}

/** Retries of a rule. The backend request timeout is one try's, when there is a backoff. */
export function planRetry({ retry, timeouts }: Rule): RetryPlan | undefined {
  if (retry === undefined) return undefined
  const backoff = retry.backoff === undefined ? undefined : parseDuration(retry.backoff)
  const perTry = timeouts?.backendRequest === undefined ? undefined : parseDuration(timeouts.backendRequest)
  return {
    ...(retry.attempts === undefined ? {} : { numRetries: retry.attempts }),
    ...((retry.codes ?? []).length === 0 ? {} : { statusCodes: retry.codes }),
    ...(backoff === undefined ? {} : { baseInterval: protoDuration(backoff) }),
    ...(backoff === undefined || perTry === undefined ? {} : { perTryTimeout: protoDuration(perTry) }),
  }
}
