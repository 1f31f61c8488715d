import { describe, expect, it } from "vitest"
import { object } from "./attach/test-world.ts"
import { createTranslator, type Translator } from "./translator.ts"
import { defaultSettings } from "./world/settings.ts"

const gatewayApi = { apiVersion: "gateway.networking.k8s.io/v1" }

/** A Gateway whose class has an EnvoyProxy with a bootstrap of its own. */
function translate(bootstrap: object | undefined, more: object = {}): Translator {
  const made = createTranslator({ settings: defaultSettings })
  const { controllerName } = defaultSettings
  const parametersRef = { group: "gateway.envoyproxy.io", kind: "EnvoyProxy", namespace: "infra", name: "own" }
  for (const each of [
    object("GatewayClass", "/eg", { ...gatewayApi, spec: { controllerName, parametersRef } }),
    object("Namespace", "/infra"),
    object("EnvoyProxy", "infra/own", {
      apiVersion: "gateway.envoyproxy.io/v1alpha1",
      spec: { ...(bootstrap === undefined ? {} : { bootstrap }), ...more },
    }),
    object("Gateway", "infra/gw", {
      ...gatewayApi,
      spec: { gatewayClassName: "eg", listeners: [{ name: "http", protocol: "HTTP", port: 80 }] },
    }),
  ])
    made.upsert(each)
  return made
}

interface Shown {
  readonly admin?: { readonly address?: { readonly socketAddress?: { readonly portValue?: number } } }
  readonly staticResources?: { readonly clusters?: readonly { readonly name: string }[] }
  readonly dynamicResources?: unknown
  readonly statsFlushInterval?: string
}

const shown = (made: Translator) => made.bootstrap("infra/gw") as Shown
const ours = shown(translate(undefined))

function errorOf(made: Translator): string | undefined {
  const status = made.status("GatewayClass//eg")?.status as {
    conditions: readonly { status: string; message: string }[]
  }
  const [condition] = status.conditions
  return condition?.status === "True" ? undefined : condition?.message.replace("Invalid parametersRef: ", "")
}

describe("a bootstrap of the user's own", () => {
  it("goes over ours: values in place of ours, lists after ours", () => {
    const value = `
      stats_flush_interval: 3s
      admin:
        address:
          socket_address: {address: 127.0.0.1, port_value: 8080}
      static_resources:
        clusters:
        - name: mine
          connect_timeout: 1s
          type: STATIC`
    const made = translate({ type: "Merge", value })
    expect(errorOf(made)).toBeUndefined()
    const result = shown(made)
    expect(result.statsFlushInterval).toBe("3s")
    expect(result.admin?.address?.socketAddress?.portValue).toBe(8080)
    expect(result.dynamicResources).toEqual(ours.dynamicResources)
    const names = (of: Shown) => of.staticResources?.clusters?.map(({ name }) => name)
    expect(names(result)).toEqual([...(names(ours) ?? []), "mine"])
  })

  it("is ours after patches", () => {
    const made = translate({
      type: "JSONPatch",
      jsonPatches: [
        { op: "add", path: "/stats_flush_interval", value: "3s" },
        { op: "remove", jsonPath: "$.static_resources.clusters[?(@.name=='prometheus_stats')]" },
        { op: "replace", jsonPath: "$..socket_address[?(@ == 19000)]", value: 19009 },
      ],
    })
    expect(errorOf(made)).toBeUndefined()
    expect(shown(made).statsFlushInterval).toBe("3s")
    expect(shown(made).admin?.address?.socketAddress?.portValue).toBe(19009)
    expect(shown(made).staticResources?.clusters?.map(({ name }) => name)).toEqual(["infra/gw", "xds_cluster"])
  })

  it("stands in place of ours, by default, where it finds its way to the control plane", () => {
    const value = JSON.stringify({ ...ours, statsFlushInterval: "3s" })
    const made = translate({ value })
    expect(errorOf(made)).toBeUndefined()
    expect(shown(made)).toEqual({ ...ours, statsFlushInterval: "3s" })
    const patient = JSON.parse(value.replaceAll('"initialFetchTimeout":"0s"', '"initialFetchTimeout":"1s"'))
    expect(errorOf(translate({ type: "Replace", value: JSON.stringify(patient) }))).toBeUndefined()
  })

  it.each<readonly [string, object, string | RegExp]>([
    ["no bootstrap", { value: "a: [" }, /^unable to unmarshal user bootstrap: /],
    ["unknown fields", { value: "nodes: {}" }, /^unable to unmarshal user bootstrap: nodes: unknown field "nodes"/],
    ["no mapping", { value: "text" }, /^unable to unmarshal user bootstrap: /],
    ["nothing", {}, "dynamic_resources cannot be modified"],
    ["an empty part", { type: "Merge", value: "- 1" }, /^failed to parse override bootstrap config: /],
    ["YAML cut off", { type: "Merge", value: "a: [" }, /^failed to parse override bootstrap config: /],
    [
      "what Envoy refuses",
      { type: "Merge", value: "stats_flush_interval: 0s" },
      "failed to validate merged bootstrap config: invalid Bootstrap.stats_flush_interval: value must be greater than or equal to 0.001s",
    ],
    [
      "patches to what Envoy refuses",
      { type: "JSONPatch", jsonPatches: [{ op: "add", path: "/stats_flush_interval", value: "0s" }] },
      "validation failed for user bootstrap: invalid Bootstrap.stats_flush_interval: value must be greater than or equal to 0.001s",
    ],
    [
      "patches that do not apply",
      {
        type: "JSONPatch",
        jsonPatches: [
          { op: "remove", path: "/x" },
          { op: "add", path: "/y" },
          { op: "add", path: "/flags_path", value: "/" },
        ],
      },
      "unable to apply patch: op=remove path=/x err: error in remove for path: '/x': unable to remove nonexistent key: x: missing value\nthe add operation requires a value",
    ],
    [
      "another way to resources",
      { type: "Merge", value: "dynamic_resources: {ads_config: {api_type: GRPC}}" },
      "dynamic_resources cannot be modified",
    ],
    [
      "another control plane",
      { type: "JSONPatch", jsonPatches: [{ op: "replace", jsonPath: "$..socket_address[?(@ == 18000)]", value: 1 }] },
      "xds_cluster's loadAssigntment cannot be modified",
    ],
    [
      "no control plane",
      { type: "JSONPatch", jsonPatches: [{ op: "remove", path: "/static_resources" }] },
      "xds_cluster's loadAssigntment cannot be modified",
    ],
    ["an unknown type", { type: "Add", value: "" }, "unsupported bootstrap patch type Add"],
  ])("is refused with %s: the class, its EnvoyProxy and its Gateways say so", (_, bootstrap, error) => {
    const made = translate(bootstrap)
    if (typeof error === "string") expect(errorOf(made)).toBe(error)
    else expect(errorOf(made)).toMatch(error)
    expect(made.status("EnvoyProxy/infra/own")).toMatchObject({
      status: { ancestors: [{ conditions: [{ type: "Accepted", status: "False", reason: "InvalidParameters" }] }] },
    })
    expect(made.status("Gateway/infra/gw")).toMatchObject({
      status: { conditions: [{ type: "Accepted", status: "False", reason: "InvalidParameters" }] },
    })
  })

  it("is left out where it fits the default but not this proxy", () => {
    const jsonPatches = [{ op: "test", path: "/admin/address/socket_address/address", value: "127.0.0.1" }]
    const made = translate({ type: "JSONPatch", jsonPatches }, { ipFamily: "IPv6" })
    expect(errorOf(made)).toBeUndefined()
    expect(shown(made)).toEqual(shown(translate(undefined, { ipFamily: "IPv6" })))
  })
})
