import { describe, expect, it } from "vitest"
import { factOf, maxLacks, textOfLack } from "./fact.ts"
import { sourceField } from "./source-field.ts"
import { withdrawnLacks } from "./withdrawn.ts"

describe("factOf", () => {
  it("lists what is missing, equal words once, and not without end", () => {
    expect(factOf([])).toEqual({ state: "yes", lacks: [] })
    const lack = { subject: "a", reason: "b" }
    expect(factOf([lack, { ...lack }])).toEqual({ state: "no", lacks: [lack] })
    const many = Array.from({ length: maxLacks + 3 }, (_, n) => ({ subject: `${n}`, reason: "" }))
    expect(factOf(many)).toMatchObject({ more: 3, lacks: { length: maxLacks } })
  })
})

describe("the object behind a name", () => {
  it.each([
    ["envoy.filters.http.wasm/envoyextensionpolicy/ns/p/wasm/1", "ns/p spec.wasm[1]"],
    ["envoyextensionpolicy/ns/p/extproc/0", "ns/p spec.extProc[0]"],
    ["envoyextensionpolicy/ns/p/other/0", undefined],
    ["httproute/ns/p/rule/0", undefined],
    ["", undefined],
  ])("of %j", (name, wanted) => {
    const found = sourceField(name)
    expect(found && `${found.object.namespace}/${found.object.name} ${found.field}`).toBe(wanted)
  })
})

it("tells a lack in one line", () => {
  const source = sourceField("envoyextensionpolicy/ns/p/wasm/1")
  const lack = { subject: "Wasm plugin w", reason: "it fails" }
  expect(textOfLack({ ...lack, ...source })).toBe("EnvoyExtensionPolicy ns/p spec.wasm[1]: Wasm plugin w: it fails")
  expect(textOfLack({ ...lack, oneOf: source === undefined ? [] : [source] })).toBe(
    "Wasm plugin w (EnvoyExtensionPolicy ns/p spec.wasm[1]): it fails",
  )
})

it("names the object that something was withdrawn for", () => {
  const part = {
    proxyKey: "p",
    part: "k",
    kind: "routes",
    resource: "r",
    object: "HTTPRoute/ns/h",
    field: "spec.rules[0]",
    message: "bad\n",
    isWhole: true,
    envoyVersion: "1.40.0",
    since: 1,
  } as const
  expect(withdrawnLacks([part, { ...part, part: "", object: "GatewayClass//c", field: "" }])).toEqual([
    {
      subject: "RouteConfiguration r",
      object: { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", namespace: "ns", name: "h" },
      field: "spec.rules[0]",
      reason: "Envoy refuses a part, which is withdrawn: bad",
    },
    {
      subject: "RouteConfiguration r",
      object: { apiVersion: "gateway.networking.k8s.io/v1", kind: "GatewayClass", namespace: "", name: "c" },
      field: "",
      reason: "Envoy refuses it: bad",
    },
  ])
})
