import type { EnvoyExtensionPolicy, Lua } from "@attache/kube-api"
import { describe, expect, it } from "vitest"
import { object, readsOf } from "../../test-world.ts"
import { luaError, planLua } from "./lua.ts"

const owner = object("EnvoyExtensionPolicy", "shop/p") as unknown as EnvoyExtensionPolicy
const script = "function envoy_on_request(h) h:headers():add('a', 'b') end"
const inline = (text: string): Lua => ({ type: "Inline", inline: text })
const ref = (name: string): Lua => ({ type: "ValueRef", valueRef: { group: "", kind: "ConfigMap", name } })
const configMaps = [
  object("ConfigMap", "shop/lua", { data: { a: "no", lua: script } }),
  object("ConfigMap", "shop/other", { data: { z: "no", b: script } }),
  object("ConfigMap", "shop/empty", { data: {} }),
  object("ConfigMap", "far/elsewhere", { data: { lua: script } }),
]
const plan = (entries: readonly Lua[], validation: Parameters<typeof planLua>[3] = "Strict", isLuaEnabled = true) =>
  planLua(readsOf(configMaps, [], { isLuaEnabled }), owner, entries, validation)

describe("Lua scripts of a policy", () => {
  it.each<readonly [string, Lua]>([
    ["in the policy", inline(script)],
    ["in a ConfigMap's `lua`", ref("lua")],
    ["in the first of other keys", ref("other")],
  ])("are taken as they stand %s", (_, entry) => {
    expect(plan([entry, { ...entry, filterContext: { a: [1] } }])).toEqual({
      items: [
        { name: "envoyextensionpolicy/shop/p/lua/0", code: script, origin: expect.anything() },
        {
          name: "envoyextensionpolicy/shop/p/lua/1",
          code: script,
          filterContext: { a: [1] },
          origin: { object: "EnvoyExtensionPolicy/shop/p", field: "spec.lua[1]" },
        },
      ],
      errors: [],
      isFailOpen: true,
    })
  })

  it.each<readonly [string, Lua, string]>([
    ["a ConfigMap that is not there", ref("gone"), "can't find the referenced configmap gone in namespace shop"],
    ["a ConfigMap elsewhere", ref("elsewhere"), "can't find the referenced configmap elsewhere in namespace shop"],
    ["an empty ConfigMap", ref("empty"), "can't find the key lua in the referenced configmap empty"],
    [
      "nothing that Envoy calls",
      inline("return 1"),
      "validation failed for lua body in policy with name envoyextensionpolicy/shop/p/lua/1: expected one of envoy_on_request() or envoy_on_response() to be defined",
    ],
  ])("are all left out for %s", (_, entry, error) => {
    expect(plan([inline(script), entry])).toEqual({ items: [], errors: [error], isFailOpen: false })
  })

  it("are none of a Gateway that does not allow them, without a full stop: other errors may follow", () => {
    const errors = ["Skipping Lua EnvoyExtensionPolicy as feature is disabled in the Gateway"]
    expect(plan([inline(script)], "Disabled", false)).toMatchObject({ items: [], errors, isFailOpen: false })
    expect(plan([], "Strict", false).errors).toEqual([])
  })
})

describe("validation of a script", () => {
  const broken = "function envoy_on_response(h) if h then"
  const jit = "function envoy_on_request(h) local big = 0xFFULL; goto done; ::done:: end"
  const failing = "function envoy_on_request(h) error('always') end"

  it.each<readonly [Parameters<typeof luaError>[1], string, RegExp | undefined]>([
    ["Strict", script, undefined],
    ["Strict", jit, undefined],
    ["Strict", failing, undefined],
    ["Strict", broken, /^failed to validate with envoy_on_response: /],
    ["InsecureSyntax", broken, /^failed to validate with envoy_on_response: /],
    ["Disabled", broken, undefined],
    ["Disabled", "return 1", /^expected one of envoy_on_request\(\) or envoy_on_response\(\)/],
  ])("%s parses and never runs %j", (validation, text, expected) => {
    const error = luaError(text, validation)
    if (expected === undefined) expect(error).toBeUndefined()
    else expect(error).toMatch(expected)
  })
})
