// The recorded cases in other orders: however their objects come and go, the end is that of a cold start.
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { type AnyObject, createTranslator, keyOf, type Translator, xdsDocument } from "@attache/translate"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { readCorpus } from "./corpus.ts"
import { type CaseInput, inputOf } from "./translate-case.ts"

const golden = process.env.ATTACHE_GOLDEN ?? join(dirname(dirname(import.meta.dirname)), "shared", "golden")
const corpus = join(golden, "gateway")
const cases = existsSync(corpus) ? readCorpus(corpus).filter(({ tier }) => tier === "core") : []

/** A step of a history: an object comes, or goes for a while. */
interface Step {
  readonly object: AnyObject
  readonly isRemoved: boolean
  /** Whether everything is asked for afterwards, as at the end of a batch. */
  readonly isAsked: boolean
}

/** All objects in random order, some of them going and coming again in between. */
function histories(objects: readonly AnyObject[]) {
  const all = fc.shuffledSubarray([...objects], { minLength: objects.length })
  const some = fc.array(fc.tuple(fc.constantFrom(...objects), fc.boolean()), { maxLength: objects.length })
  const asked = fc.infiniteStream(fc.boolean())
  return fc.tuple(all, some, all, asked).map(([first, moves, last, isAsked]): readonly Step[] => {
    const steps = [
      ...first.map((object) => ({ object, isRemoved: false })),
      ...moves.map(([object, isRemoved]) => ({ object, isRemoved })),
      ...last.map((object) => ({ object, isRemoved: false })),
    ]
    return steps.map((step) => ({ ...step, isAsked: isAsked.next().value === true }))
  })
}

const create = ({ settings, loadModule }: CaseInput): Translator =>
  createTranslator({ settings, ...(loadModule === undefined ? {} : { loadModule }) })

async function seen(made: Translator): Promise<unknown> {
  const pull = () => ({ xds: xdsDocument(made, { showSecrets: true }), statuses: made.statuses() })
  pull()
  await made.settled()
  return pull()
}

describe("the order in which objects come", () => {
  if (cases.length === 0) it.skip("need the recorded corpus (ATTACHE_GOLDEN)", () => {})

  it.each(cases.map((item) => [item.name, item] as const))("does not matter in %s", async (_, item) => {
    const input = inputOf(item, false)
    // Of objects with one key an API server holds one.
    const objects = [...new Map(input.objects.map((object) => [keyOf(object), object])).values()]
    if (objects.length === 0) return
    const cold = create(input)
    for (const object of objects) cold.upsert(object)
    const wanted = await seen(cold)
    await fc.assert(
      fc.asyncProperty(histories(objects), async (steps) => {
        const warm = create(input)
        for (const { object, isRemoved, isAsked } of steps) {
          if (isRemoved) warm.remove(keyOf(object))
          else warm.upsert(structuredClone(object))
          if (isAsked) for (const key of warm.proxyKeys()) warm.snapshot(key)
        }
        expect(await seen(warm)).toEqual(wanted)
      }),
      { numRuns: 1 },
    )
  })
})
