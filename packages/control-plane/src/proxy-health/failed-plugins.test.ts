import type { AttachedWasm, WasmFailure } from "@attache/envoy"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { narrowFailures, noFailures, type PluginFailures, pluginLacks, updateFailures } from "./failed-plugins.ts"

const plugin = (name: string, rest: Partial<AttachedWasm> = {}): AttachedWasm => ({
  kind: "wasm",
  listener: "l",
  since: 100,
  fingerprint: "1",
  name: `envoy.filters.http.wasm/envoyextensionpolicy/ns/${name}/wasm/0`,
  isFailOpen: false,
  plugin: { name, rootId: "root", vmId: `vm-${name}` },
  isRemote: false,
  isReloading: false,
  ...rest,
})
const trap = (rest: Partial<WasmFailure> = {}): WasmFailure => ({
  type: "trap",
  timeMs: 200,
  reason: "f failed",
  ...rest,
})
const load = (name: string): WasmFailure => ({ type: "load", timeMs: 200, plugin: name, reason: "no code" })
const known = (news: readonly WasmFailure[], plugins: readonly AttachedWasm[]): PluginFailures =>
  updateFailures(noFailures, news, plugins, 300)
/** `NAME: REASON` of each lack, all names where there are several. */
const told = (failures: PluginFailures): readonly string[] =>
  pluginLacks(failures).map(({ object, oneOf, reason }) => {
    const names = object === undefined ? (oneOf ?? []).map((each) => each.object.name) : [object.name]
    return `${names.join(" ")}: ${reason}`
  })
const ofRoute =
  (...names: readonly string[]) =>
  (filter: string) =>
    names.some((name) => filter.includes(`/${name}/`))

describe("a Wasm plugin that failed", () => {
  const [a, b, c] = [plugin("a"), plugin("b"), plugin("c")]

  it.each<[string, PluginFailures, readonly string[]]>([
    ["the only one there is", known([trap()], [a]), ["a: f failed; its requests get 503"]],
    [
      "the only one, in two listeners",
      known([trap()], [a, plugin("a", { listener: "m" })]),
      ["a: f failed; its requests get 503"],
    ],
    ["who spoke last", known([trap({ prefix: "b root vm-b" })], [a, b]), ["b: f failed; its requests get 503"]],
    [
      "who spoke last, as a root context",
      known([trap({ prefix: "root vm-b" })], [a, b]),
      ["b: f failed; its requests get 503"],
    ],
    [
      "any, when nobody is known to have spoken",
      known([trap({ prefix: "x" })], [a, b]),
      ["a b: f failed; its requests get 503"],
    ],
    ["any of open and closed ones", known([trap()], [a, plugin("b", { isFailOpen: true })]), ["a b: f failed"]],
    [
      "one that may fail",
      known([trap()], [plugin("a", { isFailOpen: true })]),
      ["a: f failed; requests pass without it"],
    ],
    [
      "a remote one that could not be loaded",
      known([load("b")], [a, plugin("b", { isRemote: true })]),
      ["b: no code; its requests get 503"],
    ],
    ["nobody when the listener with the broken file was refused", known([load("a")], [a, b]), []],
    ["nobody when it was made anew since", known([trap()], [plugin("a", { since: 201 })]), []],
    [
      "one told once, however often it fails",
      known([trap(), trap({ timeMs: 250 })], [a]),
      ["a: f failed; its requests get 503"],
    ],
  ])("is %s", (_, failures, wanted) => expect(told(failures)).toEqual(wanted))

  it("stands until it is made anew, and not when others are", () => {
    const failed = known([trap({ prefix: "a root vm-a" })], [a, b])
    const others = updateFailures(failed, [], [a, plugin("b", { fingerprint: "2" })], 1e9)
    expect(told(others)).toHaveLength(1)
    expect(told(updateFailures(others, [], [plugin("a", { fingerprint: "2" }), b], 1e9))).toEqual([])
    expect(told(updateFailures(failed, [], [], 300))).toEqual([])
  })

  it("stands for a while where Envoy makes it anew by itself", () => {
    const reloading = plugin("a", { isReloading: true })
    const failed = known([trap()], [reloading])
    expect(told(updateFailures(failed, [], [reloading], 9_000))).toHaveLength(1)
    expect(told(updateFailures(failed, [], [reloading], 11_000))).toEqual([])
  })

  it("is found by a request of its route", () => {
    const failed = known([trap()], [a, b, c])
    expect(told(narrowFailures(failed, ofRoute("b")))).toEqual(["b: f failed; its requests get 503"])
    expect(told(narrowFailures(failed, ofRoute("a", "b")))).toEqual(["a b: f failed; its requests get 503"])
    expect(narrowFailures(failed, ofRoute("x"))).toBe(failed)
    expect(narrowFailures(noFailures, ofRoute("a"))).toBe(noFailures)
  })

  it("is not given another one's reason", () => {
    const two = known([trap(), trap({ reason: "g failed" })], [a, b, c])
    const found = narrowFailures(narrowFailures(two, ofRoute("a")), ofRoute("b"))
    expect(told(found)).toEqual([
      "a: it has failed; its requests get 503",
      "b: it has failed; its requests get 503",
      "a b c: f failed; its requests get 503",
      "a b c: g failed; its requests get 503",
    ])
    const sure = known([trap({ prefix: "a root vm-a" })], [a, b])
    expect(told(narrowFailures(sure, ofRoute("a")))).toEqual(["a: f failed; its requests get 503"])
  })

  it("never names one that is not in use, whatever happens", () => {
    const some = fc.subarray([a, b, plugin("a", { fingerprint: "2" }), plugin("d", { isRemote: true })])
    const news = fc.array(fc.constantFrom(trap(), trap({ prefix: "a root vm-a" }), load("d"), trap({ timeMs: 50 })))
    const rounds = fc.array(fc.record({ plugins: some, news, route: fc.constantFrom("a", "b", "d") }))
    fc.assert(
      fc.property(rounds, (steps) => {
        let failures = noFailures
        for (const { plugins, news: lines, route } of steps) {
          failures = narrowFailures(updateFailures(failures, lines, plugins, 300), ofRoute(route))
          const names = new Set(plugins.map(({ plugin: { name } }) => name))
          for (const { object, oneOf } of pluginLacks(failures)) {
            for (const each of object === undefined ? (oneOf ?? []) : [{ object }])
              expect(names).toContain(each.object.name)
          }
        }
      }),
    )
  })
})
