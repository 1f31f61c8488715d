import { describe, expect, it } from "vitest"
import { createTranslator } from "../../translator.ts"
import { defaultSettings } from "../../world/settings.ts"
import type { AnyObject } from "../../world/world.ts"
import { object, service } from "../test-world.ts"

const group = "gateway.networking.k8s.io"
const gatewayApi = { apiVersion: `${group}/v1` }
const { controllerName } = defaultSettings
const broken = { lua: [{ type: "Inline", inline: "function" }], extProc: [{ backendRefs: [{ name: "no", port: 80 }] }] }

/** A Gateway with one listener, a route to it, and a policy of the route. */
function objects(listener: object, parent: object, route: object, policy: object): readonly AnyObject[] {
  return [
    object("Namespace", "/default"),
    object("GatewayClass", "/eg", { ...gatewayApi, spec: { controllerName } }),
    ...service("default/backend"),
    object("Gateway", "default/gw", {
      ...gatewayApi,
      spec: { gatewayClassName: "eg", listeners: [{ name: "http", protocol: "HTTP", port: 80, ...listener }] },
    }),
    object("HTTPRoute", "default/r", {
      ...gatewayApi,
      spec: {
        parentRefs: [{ name: "gw", ...parent }],
        rules: [{ backendRefs: [{ name: "backend", port: 8080 }] }],
        ...route,
      },
    }),
    object("EnvoyExtensionPolicy", "default/p", {
      apiVersion: "gateway.envoyproxy.io/v1alpha1",
      spec: { targetRefs: [{ group, kind: "HTTPRoute", name: "r" }], ...policy },
    }),
  ]
}

/** Ancestors of the policy by section: whether it is accepted, else the features that fail. */
function outcome(...parts: Parameters<typeof objects>): Record<string, string> {
  const made = createTranslator({ settings: { ...defaultSettings, isLuaEnabled: true } })
  for (const each of objects(...parts)) made.upsert(each)
  const status = made.status("EnvoyExtensionPolicy/default/p")?.status as {
    ancestors: { ancestorRef: { sectionName?: string }; conditions: { type: string; message: string }[] }[]
  }
  return Object.fromEntries(
    status.ancestors.map(({ ancestorRef, conditions }) => [
      ancestorRef.sectionName ?? "",
      conditions.map(({ type, message }) => `${type} ${[...message.matchAll(/^\w+/gm)].join(" ")}`).join(", "),
    ]),
  )
}

describe("a policy of a route", () => {
  it.each<readonly [string, object, object, object, object, Record<string, string>]>([
    ["that a listener takes", {}, {}, {}, broken, { "": "Accepted Lua ExtProc" }],
    ["that no listener takes", {}, { sectionName: "gone" }, {}, broken, { gone: "Accepted Policy" }],
    [
      "that no listener takes, with Wasm, which all parents share",
      {},
      { sectionName: "gone" },
      {},
      { ...broken, wasm: [{ code: { type: "Image", image: { url: "a", pullSecretRef: { name: "no" } } } }] },
      { gone: "Accepted Wasm" },
    ],
    [
      "without a host name of its listener",
      { hostname: "a.test" },
      {},
      { hostnames: ["b.test"] },
      broken,
      { "": "Accepted Lua ExtProc" },
    ],
    [
      "that merges, without a host name of its listener",
      { hostname: "a.test" },
      {},
      { hostnames: ["b.test"] },
      { ...broken, mergeType: "JSONMerge" },
      { http: "Accepted Lua ExtProc", "": "Accepted Policy" },
    ],
  ])("%s", (_, listener, parent, route, policy, expected) => {
    expect(outcome(listener, parent, route, policy)).toEqual(expected)
  })
})
