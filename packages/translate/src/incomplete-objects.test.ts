// Objects that no API server would take: whatever they lack, translation goes on, and their neighbours do not notice.
import { asDecoded, type KubeObject, knownKinds } from "@attache/kube-api"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ground } from "./test-situations/objects.ts"
import { situations } from "./test-situations/situations.ts"
import { createTranslator } from "./translator.ts"
import { defaultSettings } from "./world/settings.ts"
import type { AnyObject } from "./world/world.ts"

const settings = { ...defaultSettings, isBackendEnabled: true, isLuaEnabled: true, isPatchPolicyEnabled: true }
const values = [undefined, null, "", 0, -1, true, [], {}, ["x"], { x: 1 }]

/** The situations do not care for versions; schemas do. */
function apiVersionOf(kind: string): string {
  const entry = knownKinds().find((known) => known.kind === kind)
  const version = entry?.versions[0]?.name ?? "v1"
  return entry === undefined || entry.group === "" ? version : `${entry.group}/${version}`
}

/** Every place of a value, as keys from the top. */
function places(value: unknown): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([key, member]) => [[key], ...places(member).map((rest) => [key, ...rest])])
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by
  if (typeof value !== "object" || value === null) return value
  const copy: Record<string, unknown> = Array.isArray(value) ? ([...value] as never) : { ...value }
  const member = replaced(copy[key], rest, by)
  if (member === undefined && !Array.isArray(copy)) delete copy[key]
  else copy[key] = member
  return copy
}

/** An object of which one place is gone or something else; its name and kind stay. */
function damaged(object: AnyObject) {
  const all = places(object).filter(([top]) => top === "spec" || top === "data")
  if (all.length === 0) return fc.constant(object)
  return fc.tuple(fc.constantFrom(...all), fc.constantFrom(...values)).map(
    ([place, by]) =>
      asDecoded({
        ...(replaced(object, place, by) as KubeObject),
        apiVersion: apiVersionOf(object.kind),
      }) as AnyObject,
  )
}

describe("an object that lacks something", () => {
  it.each(Object.entries(situations))("stops nothing: %s", (_, objects) => {
    const all = [...ground, ...objects]
    fc.assert(
      fc.property(
        fc.constantFrom(...objects).chain((object) => fc.tuple(fc.constant(object), damaged(object))),
        ([object, broken]) => {
          const failures: string[] = []
          const onFailure = (query: string, key: string, error: unknown): void => {
            failures.push(`${query}(${key}): ${error instanceof Error ? error.stack : String(error)}`)
          }
          const made = createTranslator({ settings, onFailure })
          for (const each of all) made.upsert(each === object ? broken : each)
          for (const key of made.proxyKeys()) made.snapshot(key)
          made.statuses()
          expect(failures).toEqual([])
        },
      ),
      { numRuns: 60 },
    )
  })
})
