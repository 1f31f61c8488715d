// What an EnvoyProxy does to a bootstrap that is not Envoy Gateway's: that of a proxy on this machine.
import { describe, expect, it } from "vitest"
import { object } from "./attach/test-world.ts"
import { createTranslator, type Translator } from "./translator.ts"
import { defaultSettings } from "./world/settings.ts"

const key = "infra/gw"

function translate(spec: object): Translator {
  const made = createTranslator({ settings: { ...defaultSettings, profile: "host", isBackendEnabled: true } })
  const gatewayApi = { apiVersion: "gateway.networking.k8s.io/v1" }
  for (const each of [
    object("GatewayClass", "/eg", {
      ...gatewayApi,
      spec: {
        controllerName: defaultSettings.controllerName,
        parametersRef: { group: "gateway.envoyproxy.io", kind: "EnvoyProxy", namespace: "infra", name: "own" },
      },
    }),
    object("Namespace", "/infra"),
    object("EnvoyProxy", "infra/own", { apiVersion: "gateway.envoyproxy.io/v1alpha1", spec }),
    object("Gateway", key, {
      ...gatewayApi,
      spec: { gatewayClassName: "eg", listeners: [{ name: "http", protocol: "HTTP", port: 80 }] },
    }),
  ])
    made.upsert(each)
  return made
}

const base = {
  node: { id: "1", cluster: key },
  statsConfig: { useAllDefaultTags: true },
  dynamicResources: { ldsConfig: { ads: {} } },
  staticResources: {
    clusters: [
      {
        name: "xds_cluster",
        connectTimeout: "10s",
        loadAssignment: {
          clusterName: "xds_cluster",
          endpoints: [{ lbEndpoints: [{ endpoint: { address: { pipe: { path: "/run/xds.sock" } } } }] }],
        },
      },
    ],
  },
}

describe("a bootstrap of this machine", () => {
  it("stays as it is without a word of the user's", () => {
    expect(translate({}).bootstrapOver(key, base)).toEqual({ bootstrap: base })
    expect(translate({}).bootstrapOver("infra/nobody", base)).toEqual({ bootstrap: base })
  })

  it("gets what is merged over it", () => {
    const value = "admin: {address: {socket_address: {address: 127.0.0.1, port_value: 19000}}}"
    expect(translate({ bootstrap: { type: "Merge", value } }).bootstrapOver(key, base)).toEqual({
      bootstrap: { ...base, admin: { address: { socketAddress: { address: "127.0.0.1", portValue: 19000 } } } },
    })
  })

  it("gets patches", () => {
    const jsonPatches = [
      { op: "add", path: "/stats_flush_interval", value: "3s" },
      { op: "replace", path: "/node", value: { id: "mine", cluster: key } },
    ]
    expect(translate({ bootstrap: { type: "JSONPatch", jsonPatches } }).bootstrapOver(key, base)).toMatchObject({
      bootstrap: { statsFlushInterval: "3s", node: { id: "mine" } },
    })
  })

  it("stays, with the reason, where patches fit the cluster's bootstrap only", () => {
    const jsonPatches = [{ op: "remove", path: "/cluster_manager" }]
    const { bootstrap, error } = translate({ bootstrap: { type: "JSONPatch", jsonPatches } }).bootstrapOver(key, base)
    expect(bootstrap).toEqual(base)
    expect(error).toContain("/cluster_manager")
  })

  it("keeps its way to the control plane when a whole bootstrap should stand in its place", () => {
    const made = translate({})
    const value = JSON.stringify({ ...(made.bootstrap(key) as object), statsFlushInterval: "3s" })
    expect(translate({ bootstrap: { value } }).bootstrapOver(key, base)).toEqual({
      bootstrap: base,
      error: "dynamic_resources cannot be modified",
    })
  })

  it("keeps the statistics that are asked for and sends them to collectors", () => {
    const openTelemetry = { host: "127.0.0.1", port: 4317 }
    const metrics = {
      matches: [{ value: "server.live" }, { type: "Prefix", value: "cluster." }],
      sinks: [{ type: "OpenTelemetry", openTelemetry }],
    }
    expect(translate({ telemetry: { metrics } }).bootstrapOver(key, base)).toMatchObject({
      bootstrap: {
        statsConfig: {
          useAllDefaultTags: true,
          statsMatcher: { inclusionList: { patterns: [{ exact: "server.live" }, { prefix: "cluster." }] } },
        },
        statsSinks: [{ name: "envoy.stat_sinks.open_telemetry" }],
        staticResources: { clusters: [{ name: "xds_cluster" }, { name: "otel_metric_sink_0" }] },
      },
    })
  })
})

describe("metrics of a proxy in a cluster", () => {
  it("are those that match, behind the compression that is asked for", () => {
    const metrics = { matches: [{ value: "server.live" }], prometheus: { compression: { type: "Gzip" } } }
    const made = JSON.stringify(translate({ telemetry: { metrics } }).bootstrap(key))
    expect(made).toContain('"inclusionList":{"patterns":[{"exact":"server.live"}]}')
    expect(made).toContain("envoy.extensions.compression.gzip.compressor.v3.Gzip")
  })
})
