import { Secret } from "@attache/base"
import { decode, encode, toJson } from "@attache/envoy-api"
import { HttpFilterSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb"
import { describe, expect, it } from "vitest"
import { claimsOfRoute } from "../emit/claims.ts"
import { planRoute, routeJson } from "../emit/test-plan.ts"
import type { DynamicModulePlan, ExtProcPlan, PlanRoute, RouteExtensions, WasmPlan } from "../plan/index.ts"

const origin = { object: "EnvoyExtensionPolicy/shop/p", field: "spec" }
const bytes = new TextEncoder().encode("pem")
const context = {
  key: "infra/gw",
  moduleServer: { host: "modules.test", port: 18002 },
  controlPlaneTls: { name: "infra/envoy", content: { type: "inline", chain: bytes, key: new Secret(bytes) } },
} as const
const none: RouteExtensions = { lua: [], extProc: [], wasm: [], dynamicModules: [] }

/** JSON of the HTTP filters a route claims, and the names of its clusters and secrets. */
function claimed(more: Partial<PlanRoute>, where: Parameters<typeof claimsOfRoute>[1] = context) {
  const route = planRoute("cart", "shop.test", more)
  const { filters, clusters, secrets } = claimsOfRoute(route, where)
  return {
    filters: filters.map(({ name, feature }) => {
      const part = feature.fold?.(name, route, where)
      if (part === undefined) throw new Error(`no filter ${name}`)
      const message = encode(HttpFilterSchema, {
        name,
        disabled: part.isDisabled === true,
        configType: { case: "typedConfig", value: part.config },
      })
      return toJson(HttpFilterSchema, decode(HttpFilterSchema, message)) as Record<string, unknown>
    }),
    clusters: clusters.map(({ name }) => name).slice(1),
    secrets: secrets.map(({ name }) => name),
  }
}

const wasm: WasmPlan = {
  name: "envoyextensionpolicy/shop/p/wasm/0",
  pluginName: "limiter",
  rootId: "root",
  isFailOpen: true,
  hostEnvKeys: ["HOME"],
  code: { type: "remote", url: "https://modules.test:18002/a.wasm", sha256: "ab" },
  origin,
}

describe("Wasm", () => {
  it("is fetched from the module server", () => {
    const { filters, clusters, secrets } = claimed({ extensions: { ...none, wasm: [wasm] } })
    expect(filters).toMatchObject([
      {
        name: "envoy.filters.http.wasm/envoyextensionpolicy/shop/p/wasm/0",
        disabled: true,
        typedConfig: {
          config: {
            name: "limiter",
            rootId: "root",
            failOpen: true,
            configuration: { "@type": "type.googleapis.com/google.protobuf.StringValue" },
            vmConfig: {
              vmId: wasm.name,
              runtime: "envoy.wasm.runtime.v8",
              environmentVariables: { hostEnvKeys: ["HOME"] },
              code: {
                remote: {
                  httpUri: { uri: "https://modules.test:18002/a.wasm", cluster: "wasm_cluster", timeout: "10s" },
                  sha256: "ab",
                  retryPolicy: { numRetries: 10, retryBackOff: { baseInterval: "1s", maxInterval: "30s" } },
                },
              },
            },
          },
        },
      },
    ])
    expect([clusters, secrets]).toEqual([["wasm_cluster"], ["infra/envoy"]])
  })

  it("comes from a file in the host profile, without any cluster", () => {
    const code = { type: "file", path: "/cache/a.wasm", sha256: "ab" } as const
    const { filters, clusters } = claimed({ extensions: { ...none, wasm: [{ ...wasm, code }] } })
    expect(JSON.stringify(filters)).toContain('"code":{"local":{"filename":"/cache/a.wasm"}}')
    expect(clusters).toEqual([])
    const again = claimed({ extensions: { ...none, wasm: [{ ...wasm, code: { ...code, revision: 2 } }] } })
    expect(JSON.stringify(again.filters), "tried again").toContain(`"vmId":"${wasm.name}/2"`)
  })

  it("runs in a VM of its own from our server, where each proxy has a URL of its own", () => {
    const [sha256, token] = ["0123456789abcdef01", "a".repeat(64)]
    const code = { type: "remote", url: `https://modules.test/${sha256}/${token}.wasm`, sha256, isOurs: true } as const
    const textFor = (key: string) =>
      JSON.stringify(claimed({ extensions: { ...none, wasm: [{ ...wasm, code }] } }, { ...context, key }).filters)
    expect(textFor("infra/gw")).toContain(`"vmId":"${wasm.name}/0123456789abcdef"`)
    const urls = ["infra/gw", "infra/other"].map((key) => /https:[^"]+/.exec(textFor(key))?.[0] ?? "")
    expect(urls[0]).toMatch(/^https:\/\/modules\.test\/0123456789abcdef01\/aW5mcmEvZ3c\/[0-9a-f]{64}\.wasm$/)
    expect(urls[1]?.split("/").at(-1)).not.toBe(urls[0]?.split("/").at(-1))
    expect(textFor("infra/gw"), "the token stays here").not.toContain(token)
  })

  it("has no cluster while the client certificate is unknown", () => {
    const { clusters } = claimed(
      { extensions: { ...none, wasm: [wasm] } },
      { key: context.key, moduleServer: context.moduleServer },
    )
    expect(clusters).toEqual([])
  })
})

describe("a module server on this machine", () => {
  it("is reached without TLS and without a certificate", () => {
    const moduleServer = { host: "127.0.0.1", port: 18002, isPlainHttp: true }
    const route = planRoute("cart", "shop.test", { extensions: { ...none, wasm: [wasm] } })
    const { clusters, secrets } = claimsOfRoute(route, { key: context.key, moduleServer })
    expect(secrets).toEqual([])
    const cluster = clusters.find(({ name }) => name === "wasm_cluster")
    expect(cluster).toMatchObject({ settings: [{ protocol: "http" }] })
    expect(cluster).not.toHaveProperty("tls")
  })
})

const extProc: ExtProcPlan = {
  name: "envoyextensionpolicy/shop/p/extproc/0",
  destination: { name: "envoyextensionpolicy/shop/p/extproc/0", settings: [] },
  authority: "processor.shop:9000",
  isFailOpen: true,
  origin,
}

describe("ext_proc", () => {
  it.each<[Partial<ExtProcPlan>, unknown]>([
    [
      {},
      {
        failureModeAllow: true,
        processingMode: {
          requestHeaderMode: "SKIP",
          requestTrailerMode: "SKIP",
          responseHeaderMode: "SKIP",
          responseTrailerMode: "SKIP",
        },
      },
    ],
    [
      {
        isFailOpen: false,
        messageTimeout: "5s",
        isShadow: true,
        isModeOverrideAllowed: true,
        statusOnError: 503,
        request: { body: "FullDuplexStreamed", attributes: ["request.path"] },
        response: { body: "BufferedPartial", attributes: [] },
        accessibleNamespaces: ["a"],
        writableNamespaces: ["b"],
        retry: { numRetries: 3, baseInterval: "1s" },
      },
      {
        messageTimeout: "5s",
        observabilityMode: true,
        allowModeOverride: true,
        statusOnError: { code: "ServiceUnavailable" },
        requestAttributes: ["request.path"],
        metadataOptions: { forwardingNamespaces: { untyped: ["a"] }, receivingNamespaces: { untyped: ["b"] } },
        processingMode: {
          requestHeaderMode: "SEND",
          requestBodyMode: "FULL_DUPLEX_STREAMED",
          requestTrailerMode: "SEND",
          responseHeaderMode: "SEND",
          responseBodyMode: "BUFFERED_PARTIAL",
          responseTrailerMode: "SKIP",
        },
        grpcService: {
          retryPolicy: {
            retryOn: "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes",
            numRetries: 3,
            retryBackOff: { baseInterval: "1s" },
          },
        },
      },
    ],
  ])("of %j", (more, expected) => {
    const { filters, clusters } = claimed({ extensions: { ...none, extProc: [{ ...extProc, ...more }] } })
    expect(filters).toMatchObject([
      {
        name: `envoy.filters.http.ext_proc/${extProc.name}`,
        disabled: true,
        typedConfig: {
          grpcService: {
            envoyGrpc: { clusterName: extProc.name, authority: "processor.shop:9000" },
            timeout: "10s",
          },
        },
      },
    ])
    expect(filters[0]?.typedConfig).toMatchObject(expected as object)
    expect(clusters).toEqual([extProc.name])
  })

  it.each<[Partial<ExtProcPlan>, unknown]>([
    [{}, undefined],
    [{ accessibleNamespaces: ["a"] }, { forwardingNamespaces: { untyped: ["a"] } }],
    [{ writableNamespaces: ["b"] }, { receivingNamespaces: { untyped: ["b"] } }],
  ])("tells the processor of the namespaces of metadata in %j", (more, expected) => {
    const { filters } = claimed({ extensions: { ...none, extProc: [{ ...extProc, ...more }] } })
    const config = filters[0]?.typedConfig as Record<string, unknown>
    expect(config.metadataOptions).toEqual(expected)
  })
})

const module: DynamicModulePlan = {
  name: "envoyextensionpolicy/shop/p/dynamic-module/0",
  source: { type: "local", path: "/usr/lib/a.so" },
  filterName: "header_mutation",
  config: '{"a":1}',
  isTerminal: false,
  doNotClose: true,
  loadGlobally: false,
  origin,
}

describe("dynamic modules", () => {
  it("come from a file", () => {
    const { filters, clusters } = claimed({ extensions: { ...none, dynamicModules: [module] } })
    expect(filters).toMatchObject([
      {
        name: `envoy.filters.http.dynamic_modules/${module.name}`,
        disabled: true,
        typedConfig: {
          dynamicModuleConfig: { module: { local: { filename: "/usr/lib/a.so" } }, doNotClose: true },
          filterName: "header_mutation",
          filterConfig: { value: '{"a":1}' },
        },
      },
    ])
    expect(clusters).toEqual([])
  })

  it("are fetched by Envoy from a cluster of the URL's host", () => {
    const source = { type: "remote", url: "https://modules.test/a.so", sha256: "ab" } as const
    const { filters, clusters } = claimed({ extensions: { ...none, dynamicModules: [{ ...module, source }] } })
    expect(JSON.stringify(filters)).toContain('"cluster":"modules_test_443"')
    expect(clusters).toEqual(["modules_test_443"])
  })
})

describe("per-route configurations", () => {
  it("switch extensions on, and give Lua its context", () => {
    const lua = { name: "p/lua/0", code: "", origin }
    const extensions: RouteExtensions = {
      lua: [lua, { ...lua, name: "p/lua/1", filterContext: { mode: "x" } }],
      extProc: [extProc],
      wasm: [wasm],
      dynamicModules: [module],
    }
    const enabled = { "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig", config: {} }
    expect(routeJson({ extensions }).typedPerFilterConfig).toEqual({
      "envoy.filters.http.lua/p/lua/0": enabled,
      "envoy.filters.http.lua/p/lua/1": {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.LuaPerRoute",
        filterContext: { mode: "x" },
      },
      [`envoy.filters.http.ext_proc/${extProc.name}`]: enabled,
      [`envoy.filters.http.wasm/${wasm.name}`]: enabled,
      [`envoy.filters.http.dynamic_modules/${module.name}`]: enabled,
    })
  })

  it("carry sessions and credentials", () => {
    const more: Partial<PlanRoute> = {
      sessionPersistence: { name: "s", type: "cookie", cookieTtl: "60s", cookiePath: "/a" },
      credentialInjection: {
        name: "httproutefilter/shop/c",
        header: "x-key",
        isOverwriting: true,
        value: new Secret(bytes),
      },
    }
    expect(routeJson(more).typedPerFilterConfig).toMatchObject({
      "envoy.filters.http.stateful_session": {
        statefulSession: {
          sessionState: {
            name: "envoy.http.stateful_session.cookie",
            typedConfig: { cookie: { name: "s", path: "/a", ttl: "60s" } },
          },
        },
      },
      "envoy.filters.http.credential_injector/httproutefilter/shop/c": { config: {} },
    })
    const { filters, secrets } = claimed(more)
    expect(filters.map(({ name, disabled }) => [name, disabled])).toEqual([
      ["envoy.filters.http.credential_injector/httproutefilter/shop/c", true],
      ["envoy.filters.http.stateful_session", true],
    ])
    expect(secrets).toEqual(["credential_injector/credential/httproutefilter/shop/c"])
  })
})
