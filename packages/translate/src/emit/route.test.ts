import { describe, expect, it } from "vitest"
import type { PlanRoute, RouteMatch } from "../plan/index.ts"
import { backendSetting, planRoute, routeJson } from "./test-plan.ts"

const match = (more: Partial<RouteMatch>): Partial<PlanRoute> => ({
  match: { headers: [], queryParams: [], cookies: [], ...more },
})
const forwarded = (more: Partial<PlanRoute>) => routeJson(more).route
const exact = (value: string) => ({ type: "exact", value }) as const

describe("routes", () => {
  it("forward to their cluster and allow WebSocket", () => {
    expect(routeJson()).toEqual({
      name: "httproute/shop/cart/rule/0/match/0/shop_test",
      match: { pathSeparatedPrefix: "/cart" },
      metadata: {
        filterMetadata: { "envoy-gateway": { resources: [{ kind: "HTTPRoute", name: "cart", namespace: "shop" }] } },
      },
      route: { cluster: "httproute/shop/cart/rule/0", upgradeConfigs: [{ upgradeType: "websocket" }] },
    })
    expect(forwarded({ kind: "grpcroute" })).toEqual({ cluster: "httproute/shop/cart/rule/0" })
  })

  it.each<[Partial<RouteMatch>, unknown]>([
    [{}, { prefix: "/" }],
    [{ path: { type: "prefix", value: "/" } }, { prefix: "/" }],
    [{ path: { type: "prefix", value: "/a/" } }, { pathSeparatedPrefix: "/a" }],
    [{ path: { type: "prefix", value: "/a//" } }, { pathSeparatedPrefix: "/a/" }],
    [{ path: { type: "exact", value: "/a/" } }, { path: "/a/" }],
    [{ path: { type: "regex", value: "/a.*" } }, { safeRegex: { regex: "/a.*" } }],
    [
      {
        headers: [
          { name: "X-A", match: exact("1") },
          { name: ":path", match: { type: "suffix", value: "/m" } },
        ],
      },
      {
        prefix: "/",
        headers: [
          { name: "X-A", stringMatch: { exact: "1" } },
          { name: ":path", stringMatch: { suffix: "/m" } },
        ],
      },
    ],
    [
      { queryParams: [{ name: "q", match: { type: "regex", value: "[0-9]+" } }] },
      { prefix: "/", queryParameters: [{ name: "q", stringMatch: { safeRegex: { regex: "[0-9]+" } } }] },
    ],
    [
      { cookies: [{ name: "c", match: exact("1"), isInverted: true }] },
      { prefix: "/", cookies: [{ name: "c", stringMatch: { exact: "1" }, invertMatch: true }] },
    ],
  ])("match %j", (plan, expected) => {
    expect(routeJson(match(plan)).match).toEqual(expected)
  })

  it("split by weight: the invalid share first, merged clusters last", () => {
    const settings = [
      backendSetting("d/backend/0", "a", { mergedCluster: "service/shop/a/8080/http" }),
      backendSetting("d/backend/1", "b", {
        filters: { requestHeaders: { add: [{ name: "x", value: "1" }], set: [], remove: [] }, hostRewrite: "b.test" },
      }),
    ]
    const action = (hasEmptyBackend: boolean): Partial<PlanRoute> => ({
      action: {
        type: "forward",
        forward: {
          destination: { name: "d", settings },
          split: {
            invalidWeight: 2,
            hasEmptyBackend,
            clusters: [
              { setting: 0, weight: 3 },
              { setting: 1, weight: 4 },
            ],
          },
        },
      },
    })
    expect(forwarded(action(false))).toMatchObject({
      clusterNotFoundResponseCode: "INTERNAL_SERVER_ERROR",
      weightedClusters: {
        clusters: [
          { name: "invalid-backend-cluster", weight: 2 },
          {
            name: "d/backend/1",
            weight: 4,
            requestHeadersToAdd: [{ header: { key: "x", value: "1" } }],
            hostRewriteLiteral: "b.test",
          },
          { name: "service/shop/a/8080/http", weight: 3 },
        ],
      },
    })
    expect(JSON.stringify(forwarded(action(true)))).not.toContain("INTERNAL_SERVER_ERROR")
  })

  it("change headers: appended values first, then replaced ones", () => {
    const requestHeaders = { add: [{ name: "a", value: "1" }], set: [{ name: "b", value: "" }], remove: ["c"] }
    expect(routeJson({ requestHeaders })).toMatchObject({
      requestHeadersToAdd: [
        { header: { key: "a", value: "1" } },
        { header: { key: "b" }, appendAction: "OVERWRITE_IF_EXISTS_OR_ADD", keepEmptyValue: true },
      ],
      requestHeadersToRemove: ["c"],
    })
  })

  it.each<[Extract<PlanRoute["action"], { type: "redirect" }>["redirect"], unknown]>([
    [
      { scheme: "https", hostname: "a.test", port: 8443, statusCode: 308 },
      { schemeRedirect: "https", hostRedirect: "a.test", portRedirect: 8443, responseCode: "PERMANENT_REDIRECT" },
    ],
    [{ statusCode: 301, path: { type: "full", value: "/new" } }, { pathRedirect: "/new" }],
    [{ path: { type: "prefix", value: "/new" } }, { prefixRewrite: "/new" }],
    [
      { path: { type: "strip-prefix", prefix: "/a.b" } },
      { regexRewrite: { pattern: { regex: "^/a\\.b\\/*" }, substitution: "/" } },
    ],
  ])("redirect %j", (redirect, expected) => {
    expect(routeJson({ action: { type: "redirect", redirect } }).redirect).toEqual(expected)
  })

  it("answer directly, the content type before the other headers", () => {
    const responseHeaders = { add: [{ name: "x", value: "1" }], set: [], remove: [] }
    const response = { status: 503, body: new TextEncoder().encode("no"), contentType: "text/plain" }
    expect(routeJson({ action: { type: "respond", response }, responseHeaders })).toMatchObject({
      directResponse: { status: 503, bodyFormat: { textFormatSource: { inlineBytes: "bm8=" } } },
      responseHeadersToAdd: [{ header: { key: "Content-Type" } }, { header: { key: "x" } }],
    })
  })

  it.each<[NonNullable<PlanRoute["urlRewrite"]>, unknown]>([
    [{ host: { type: "literal", value: "a.test" } }, { hostRewriteLiteral: "a.test", appendXForwardedHost: true }],
    [{ host: { type: "header", header: "x-host" }, isForwardedHostAppended: false }, { hostRewriteHeader: "x-host" }],
    [{ host: { type: "backend" } }, { autoHostRewrite: true, appendXForwardedHost: true }],
    [
      { host: { type: "path-regex", pattern: "^/(.+)", substitution: "\\1" } },
      { hostRewritePathRegex: { pattern: { regex: "^/(.+)" }, substitution: "\\1" }, appendXForwardedHost: true },
    ],
    [
      { path: { type: "full", value: "/new" } },
      { regexRewrite: { pattern: { regex: "^/.*$" }, substitution: "/new" } },
    ],
    [{ path: { type: "prefix", value: "/new/" } }, { prefixRewrite: "/new" }],
    [
      { path: { type: "strip-prefix", prefix: "/a/" } },
      { regexRewrite: { pattern: { regex: "^/a/\\/*" }, substitution: "/" } },
    ],
    [
      { path: { type: "regex", pattern: "a", substitution: "b" } },
      { regexRewrite: { pattern: { regex: "a" }, substitution: "b" } },
    ],
  ])("rewrite %j", (urlRewrite, expected) => {
    const { cluster: _, upgradeConfigs: __, ...rest } = forwarded({ urlRewrite }) as Record<string, unknown>
    expect(rest).toEqual(expected)
  })

  it("time out, retry and mirror", () => {
    expect(
      forwarded({
        timeouts: { request: "10s", idle: "3600s" },
        retry: { numRetries: 3, statusCodes: [500], perTryTimeout: "1s", baseInterval: "100ms" },
        mirrors: [
          { destination: { name: "m", settings: [] }, numerator: 250_000, denominator: "MILLION" },
          { destination: { name: "n", settings: [] }, numerator: 0, denominator: "MILLION", isUnused: true },
        ],
      }),
    ).toMatchObject({
      timeout: "10s",
      idleTimeout: "3600s",
      retryPolicy: {
        retryOn: "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes",
        numRetries: 3,
        perTryTimeout: "1s",
        retriableStatusCodes: [500],
        retryBackOff: { baseInterval: "0.100s" },
        hostSelectionRetryMaxAttempts: "5",
      },
      requestMirrorPolicies: [
        {
          cluster: "m",
          runtimeFraction: { defaultValue: { numerator: 250000, denominator: "MILLION" } },
          disableShadowHostSuffixAppend: true,
        },
      ],
    })
  })

  it("do not time out, retry or rewrite what they answer themselves", () => {
    const response = { type: "respond", response: { status: 500 } } as const
    const plan = routeJson({
      action: response,
      timeouts: { request: "1s" },
      retry: {},
      urlRewrite: { host: { type: "backend" } },
    })
    expect(Object.keys(plan).sort()).toEqual(["directResponse", "match", "metadata", "name"])
  })

  it("refuse two configurations for one filter", () => {
    const origin = planRoute("x").origin
    const lua = { name: "p/lua/0", code: "", origin }
    const extensions = { lua: [lua], extProc: [], wasm: [], dynamicModules: [] }
    expect(Object.keys(routeJson({ extensions }).typedPerFilterConfig as object)).toEqual([
      "envoy.filters.http.lua/p/lua/0",
    ])
  })
})
