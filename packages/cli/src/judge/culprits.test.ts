import type { Judgement, ValidatingEnvoy } from "@attache/control-plane"
import type { LoadedObject } from "@attache/kube-api"
import type { AnyObject, ProxySnapshot, Translator } from "@attache/translate"
import { describe, expect, it } from "vitest"
import { findCulprits } from "./culprits.ts"
import { resourceKey } from "./envoy-findings.ts"

type Say = (present: ReadonlySet<string>) => Readonly<Record<string, string | undefined>>

/** A world of objects by key, and an Envoy that refuses resources by what is there; an absent name is not emitted. */
async function blamed(keys: readonly string[], say: Say, budgetMs = 10_000) {
  const present = new Set(keys)
  const emptied: string[] = []
  const objects = new Map(
    keys.map((key) => [
      key,
      { object: { key, kind: key.split("/")[0], spec: { own: true } } } as unknown as LoadedObject,
    ]),
  )
  const judgement = (): Judgement => ({
    resources: Object.entries(say(present)).map(([name, message]) => ({
      typeUrl: "t",
      name,
      verdict: message === undefined ? "accepted" : "refused",
      ...(message === undefined ? {} : { message }),
    })),
    warming: [],
  })
  let isClear = false
  const translator = {
    remove: (key: string) => present.delete(key),
    upsert: (object: AnyObject) => {
      const { key, spec } = object as unknown as { readonly key: string; readonly spec: { readonly own?: boolean } }
      if (spec.own === true) present.add(key)
      else present.delete(key)
      emptied.push(...(spec.own === true ? [] : [key]))
    },
    snapshot: () => ({}) as ProxySnapshot,
  } as unknown as Translator
  const envoy = {
    clear: async () => {
      isClear = true
    },
    judge: async () => {
      expect(isClear).toBe(true)
      isClear = false
      return judgement()
    },
  } as unknown as ValidatingEnvoy
  const culprits = await findCulprits({ translator, envoy, proxyKey: "p", objects, budgetMs }, judgement())
  expect([...present].sort()).toEqual([...keys].sort())
  expect(emptied.every((key) => key.startsWith("EnvoyProxy/"))).toBe(true)
  return Object.fromEntries([...culprits].map(([key, object]) => [key.split("\n")[1], object]))
}

const world = ["Gateway/d/g", "HTTPRoute/d/r", "EnvoyExtensionPolicy/d/p", "EnvoyExtensionPolicy/d/q"]

describe("findCulprits", () => {
  it("blames the object without which a resource is taken", async () => {
    const say: Say = (has) => ({ l: has.has("EnvoyExtensionPolicy/d/q") ? "bad" : undefined, m: undefined })
    expect(await blamed(world, say)).toEqual({ l: "EnvoyExtensionPolicy/d/q" })
  })

  it("blames one of two when the words change with it", async () => {
    const say: Say = (has) => ({
      l: has.has("EnvoyExtensionPolicy/d/p") ? "bad p" : has.has("EnvoyExtensionPolicy/d/q") ? "bad q" : undefined,
    })
    expect(await blamed(world, say)).toEqual({ l: "EnvoyExtensionPolicy/d/p" })
  })

  it("blames policies before the routes they are attached to", async () => {
    const say: Say = (has) => ({
      l: has.has("HTTPRoute/d/r") && has.has("EnvoyExtensionPolicy/d/p") ? "bad" : undefined,
    })
    expect(await blamed(world, say)).toEqual({ l: "EnvoyExtensionPolicy/d/p" })
  })

  it("blames nobody for what is gone with the object, for what stays, and without time", async () => {
    expect(await blamed(world, (has) => (has.has("HTTPRoute/d/r") ? { l: "bad" } : {}))).toEqual({})
    expect(await blamed(world, () => ({ l: "bad" }))).toEqual({})
    expect(await blamed(world, (has) => ({ l: has.size === 4 ? "bad" : undefined }), -1)).toEqual({})
  })

  it("blames an EnvoyProxy for what it says, without taking it away", async () => {
    const say: Say = (has) => ({ l: has.has("EnvoyProxy/d/e") ? "bad" : undefined })
    expect(await blamed([...world, "EnvoyProxy/d/e"], say)).toEqual({ l: "EnvoyProxy/d/e" })
  })

  it("finds the culprit of each", async () => {
    const say: Say = (has) => ({
      l: has.has("EnvoyExtensionPolicy/d/p") ? "bad" : undefined,
      m: has.has("HTTPRoute/d/r") ? "bad" : undefined,
    })
    expect(await blamed(world, say)).toEqual({ l: "EnvoyExtensionPolicy/d/p", m: "HTTPRoute/d/r" })
    expect(resourceKey({ typeUrl: "t", name: "l" })).toBe("t\nl")
  })
})
