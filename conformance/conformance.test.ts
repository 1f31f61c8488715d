// The recorded corpus as a test: every case equals Envoy Gateway, or is a declared difference with its reason.
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, it } from "vitest"
import { readCorpus } from "./corpus.ts"
import { declaredDifferences } from "./declared-differences.ts"
import { judge } from "./judge.ts"

const golden = process.env.ATTACHE_GOLDEN ?? join(dirname(dirname(import.meta.dirname)), "shared", "golden")
const corpora = [
  ["Envoy Gateway's recorded translations", "gateway"],
  ["what egctl recorded", "egctl"],
] as const

describe.each(corpora)("%s", (_, name) => {
  const corpus = join(golden, name)
  const cases = existsSync(corpus) ? readCorpus(corpus).filter(({ tier }) => tier === "core") : []
  if (cases.length === 0) it.skip("need the recorded corpus (ATTACHE_GOLDEN)", () => {})

  for (const item of cases) {
    for (const isV2 of item.xdsV2File === undefined ? [false] : [false, true]) {
      const name = isV2 ? `${item.name}#v2` : item.name
      const reason = declaredDifferences[item.name]
      it(reason === undefined ? `${name} is equal` : `${name} differs: ${reason}`, async () => {
        const { isEqual, xds, status, error } = await judge(item, isV2, 3)
        if (reason === undefined) expect({ xds, status, error }).toEqual({ xds: [], status: [], error: undefined })
        else expect(isEqual, "the declared difference is gone: take it off the list").toBe(false)
      })
    }
  }
})
