// However the objects came, what comes of them is what a cold start would make of the same objects.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { resourceMaps } from "./emit/snapshot.ts"
import { ground } from "./test-situations/objects.ts"
import { situations } from "./test-situations/situations.ts"
import { createTranslator, type ModuleLoader, type Translator } from "./translator.ts"
import { defaultSettings, type Settings } from "./world/settings.ts"
import { type AnyObject, keyOf, type ObjectKey } from "./world/world.ts"

const settings: Settings = {
  ...defaultSettings,
  isBackendEnabled: true,
  isLuaEnabled: true,
  isPatchPolicyEnabled: true,
}
const loadModule: ModuleLoader = ({ url }) => Promise.resolve({ type: "file", path: `/store/${url}`, sha256: url })

function translator(): Translator {
  const onFailure = (query: string, key: string, error: unknown): never => {
    throw new Error(`${query} ${key}`, { cause: error })
  }
  return createTranslator({ settings, loadModule, onFailure })
}

function pull(made: Translator): void {
  for (const key of made.proxyKeys()) made.snapshot(key)
  made.statuses()
}

/** Everything that can be seen of a translator, in comparable form; tables in their order. */
async function seen(made: Translator): Promise<unknown> {
  pull(made)
  await made.settled()
  const proxies = made.proxyKeys().map((key) => {
    const snapshot = made.snapshot(key)
    const tables = snapshot === undefined ? [] : [...resourceMaps(snapshot)]
    const resources = tables.map(([type, table]) => [
      type,
      [...table.values()].map(({ name, bytes, version, origins, parts }) => ({
        name,
        version,
        origins,
        parts: parts?.flat(),
        bytes: Buffer.from(bytes).toString("base64"),
      })),
    ])
    return { key, resources, bootstrap: made.bootstrap(key), listeners: made.listeners(key) }
  })
  return { proxies, statuses: made.statuses() }
}

interface Step {
  readonly object: AnyObject
  readonly isRemoved: boolean
  /** What is asked afterwards. */
  readonly ask: "nothing" | "all" | "all and drop" | "one status"
}

/** Objects at first, changes to all or to a few, and the objects that are there in the end: of each key one version or none. */
function histories(pool: readonly AnyObject[]) {
  const byKey = Map.groupBy(pool, keyOf)
  const stepsOver = (some: readonly AnyObject[]) =>
    fc.array(
      fc.record<Step>({
        object: fc.constantFrom(...some),
        isRemoved: fc.boolean(),
        ask: fc.constantFrom("nothing", "nothing", "nothing", "all", "all and drop", "one status"),
      }),
      { maxLength: 3 * some.length, size: "max" },
    )
  const some = fc.shuffledSubarray([...byKey.values()], { minLength: 1, maxLength: 2 }).map((lists) => lists.flat())
  const present = fc
    .tuple(
      ...[...byKey.values()].map((versions) => fc.option(fc.constantFrom(...versions), { nil: undefined, freq: 6 })),
    )
    .chain((chosen) => {
      const objects = chosen.flatMap((each) => each ?? [])
      return fc.shuffledSubarray(objects, { minLength: objects.length })
    })
  return fc.record({
    first: present,
    steps: fc.oneof(stepsOver(pool), some.chain(stepsOver)),
    last: fc.option(present, { nil: undefined }),
  })
}

/** Feeds copies: an object that comes again equal is another one, as from a watch. */
function walk(made: Translator, steps: readonly Step[], present: Map<ObjectKey, AnyObject>): void {
  for (const { object, isRemoved, ask } of steps) {
    const key = keyOf(object)
    if (isRemoved) present.delete(key)
    else present.set(key, object)
    if (isRemoved) made.remove(key)
    else made.upsert(structuredClone(object))
    if (ask === "one status") made.status(key)
    else if (ask !== "nothing") pull(made)
    if (ask === "all and drop") made.collect()
  }
}

function expectHistoryToLeaveNothing(pool: readonly AnyObject[], numRuns: number) {
  return fc.assert(
    fc.asyncProperty(histories(pool), async ({ first, steps, last }) => {
      const warm = translator()
      const present = new Map<ObjectKey, AnyObject>()
      const feed = (objects: readonly AnyObject[]) =>
        walk(
          warm,
          objects.map((object): Step => ({ object, isRemoved: false, ask: "nothing" })),
          present,
        )
      feed(first)
      pull(warm)
      walk(warm, steps, present)
      // Back to the beginning, or on to something else.
      const wanted = new Set((last ?? first).map(keyOf))
      const rest = [...present.values()].filter((object) => !wanted.has(keyOf(object)))
      walk(
        warm,
        rest.map((object): Step => ({ object, isRemoved: true, ask: "nothing" })),
        present,
      )
      feed(last ?? first)
      const cold = translator()
      for (const key of [...present.keys()].sort()) cold.upsert(present.get(key) as AnyObject)
      expect(await seen(warm)).toEqual(await seen(cold))
    }),
    { numRuns },
  )
}

describe("a history leaves nothing behind", () => {
  it.each(Object.entries(situations))("with %s", (_, objects) =>
    expectHistoryToLeaveNothing([...ground, ...objects], 25),
  )

  it("with everything at once", () => expectHistoryToLeaveNothing([...ground, ...Object.values(situations).flat()], 15))
})

describe("the situations", () => {
  it.each(Object.entries(situations))("give a proxy something to do: %s", async (_, objects) => {
    const made = translator()
    // The first version of each object.
    for (const each of [...objects, ...ground].reverse()) made.upsert(each)
    await seen(made)
    const snapshot = made.snapshot("infra/gw") ?? made.snapshot("eg")
    expect(snapshot?.tables.listeners.groups.length).toBeGreaterThan(0)
  })
})
