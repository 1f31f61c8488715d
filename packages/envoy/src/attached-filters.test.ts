import { describe, expect, it } from "vitest"
import { attachedFilters, listenerStates } from "./attached-filters.ts"
import type { JsonObject } from "./json.ts"

const type = (name: string): string => `type.googleapis.com/envoy.extensions.filters.${name}`
const wasm = (name: string, config: JsonObject = {}, code: JsonObject = { local: { filename: "/m.wasm" } }) => ({
  name: `filter/${name}`,
  typed_config: {
    "@type": type("http.wasm.v3.Wasm"),
    config: { name, root_id: "r", vm_config: { vm_id: `vm/${name}`, code }, ...config },
  },
})
const processor = (cluster: string, config: JsonObject = {}) => ({
  name: `filter/${cluster}`,
  typed_config: {
    "@type": type("http.ext_proc.v3.ExternalProcessor"),
    grpc_service: { envoy_grpc: { cluster_name: cluster } },
    ...config,
  },
})
const chain = (filters: readonly JsonObject[], prefix = "http"): JsonObject => ({
  filters: [
    {
      name: "hcm",
      typed_config: {
        "@type": type("network.http_connection_manager.v3.HttpConnectionManager"),
        stat_prefix: prefix,
        http_filters: filters,
      },
    },
  ],
})
const time = "2026-11-21T08:02:32.263Z"
const listener = (chains: readonly JsonObject[], last?: JsonObject, rest: JsonObject = {}): JsonObject => ({
  name: "l",
  active_state: {
    last_updated: time,
    listener: { name: "l", ...rest, filter_chains: chains, ...(last && { default_filter_chain: last }) },
  },
})
const dump = (...configs: readonly JsonObject[]): JsonObject => ({ configs })

describe("attachedFilters", () => {
  it("finds plugins and processors in every chain, with what they do when they fail", () => {
    const found = attachedFilters(
      dump(
        listener(
          [chain([wasm("a"), processor("p")])],
          chain([
            wasm("open", { fail_open: true }),
            wasm("policy", { failure_policy: "FAIL_OPEN" }, { remote: { sha256: "x" } }),
            wasm("reload", { failure_policy: "FAIL_RELOAD" }),
            processor("allowed", { failure_mode_allow: true }),
            processor("shadow", { observability_mode: true }),
          ]),
        ),
      ),
    )
    expect(found.map((f) => [f.name, f.kind, f.isFailOpen])).toEqual([
      ["filter/a", "wasm", false],
      ["filter/p", "ext_proc", false],
      ["filter/open", "wasm", true],
      ["filter/policy", "wasm", true],
      ["filter/reload", "wasm", false],
      ["filter/allowed", "ext_proc", true],
      ["filter/shadow", "ext_proc", true],
    ])
    expect(found[0]).toMatchObject({
      listener: "l",
      since: Date.parse(time),
      plugin: { name: "a", rootId: "r", vmId: "vm/a" },
      isRemote: false,
    })
    expect(found[1]).toMatchObject({ cluster: "p", stats: "http.http.ext_proc." })
    expect(found[3]).toMatchObject({ isRemote: true })
    expect(found[4]).toMatchObject({ isReloading: true })
  })

  it("knows an instance again as long as Envoy keeps it", () => {
    const print = (chains: readonly JsonObject[], rest: JsonObject = {}): string | undefined =>
      attachedFilters(dump(listener(chains, undefined, rest))).find(({ name }) => name === "filter/a")?.fingerprint
    const own = chain([wasm("a")])
    const before = print([own, chain([], "other")])
    expect(before).toBeDefined()
    expect(print([own, chain([], "changed")])).toBe(before)
    expect(print([own])).toBe(before)
    expect(print([chain([wasm("a", { configuration: {} })])])).not.toBe(before)
    expect(print([own], { per_connection_buffer_limit_bytes: 1 })).not.toBe(before)
  })

  it("reads a dump of any other shape as empty", () => {
    for (const odd of [{}, { configs: [1, {}, { active_state: {} }, { name: "l", warming_state: {} }] }])
      expect(attachedFilters(odd)).toEqual([])
  })
})

describe("listenerStates", () => {
  it("tells what is active and what warms, each name once", () => {
    const states = listenerStates(
      dump(
        { name: "a", active_state: { last_updated: time }, warming_state: { last_updated: time } },
        { name: "b", warming_state: {} },
        { name: "c", active_state: { last_updated: "never" } },
        { name: "c", active_state: { last_updated: "never" } },
        { name: "refused" },
        {},
      ),
    )
    expect(states).toEqual([
      { name: "a", activeSince: Date.parse(time), isWarming: true },
      { name: "b", isWarming: true },
      { name: "c", activeSince: 0, isWarming: false },
    ])
  })
})
