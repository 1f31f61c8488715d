// What we emit for the recorded cases, offered to a real Envoy: from nothing, and as an update of whatever came before.
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import {
  type Judgement,
  type ResourceVerdict,
  startValidatingEnvoy,
  type ValidatingEnvoy,
} from "@attache/control-plane"
import { findEnvoy } from "@attache/envoy"
import type { ProxySnapshot } from "@attache/translate"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Authority, createAuthority, type Pair } from "../e2e/certificates.ts"
import { acceptedInstead, refusedAsRecorded, waitsForOthers } from "./accepted-by-envoy.ts"
import { withFittingKey, withoutMounts } from "./cluster-files.ts"
import { type Case, readCorpus } from "./corpus.ts"
import { declaredDifferences } from "./declared-differences.ts"
import { type RecordedRefusal, type RecordedVerdict, recordedVerdicts, singleBlanks } from "./recorded-verdict.ts"
import { settledTranslator } from "./translate-case.ts"

const golden = process.env.ATTACHE_GOLDEN ?? join(dirname(dirname(import.meta.dirname)), "shared", "golden")
const corpus = join(golden, "gateway")
const cases = existsSync(corpus) ? readCorpus(corpus).filter(({ tier }) => tier === "core") : []
const verdicts = recordedVerdicts(corpus)
const recorded = (type: RecordedVerdict["type"]) => cases.filter(({ name }) => verdicts.get(name)?.type === type)

let cold: ValidatingEnvoy
let warm: ValidatingEnvoy
let authority: Authority
let client: Pair

beforeAll(async () => {
  const envoyPath = (await findEnvoy()).path
  authority = await createAuthority()
  client = await authority.sign("envoy")
  ;[cold, warm] = await Promise.all([startValidatingEnvoy({ envoyPath }), startValidatingEnvoy({ envoyPath })])
})
afterAll(async () => {
  await Promise.all([cold, warm].map((envoy) => envoy[Symbol.asyncDispose]()))
})

interface JudgedCase {
  /** Name of the case, with `#v2` under naming scheme v2, and of the proxy. */
  readonly name: string
  readonly proxy: string
  readonly how: "from nothing" | "as an update"
  readonly judgement: Judgement
}

/** Offers every proxy of a case to both Envoys, under both naming schemes where the case has both. */
async function judged(item: Case): Promise<readonly JudgedCase[]> {
  const found: JudgedCase[] = []
  for (const isV2 of item.xdsV2File === undefined ? [false] : [false, true]) {
    const name = isV2 ? `${item.name}#v2` : item.name
    for (const [proxy, snapshot] of await snapshots(item, isV2)) {
      const [first, update] = await Promise.all([cold.clear().then(() => cold.judge(snapshot)), warm.judge(snapshot)])
      found.push({ name, proxy, how: "from nothing", judgement: first })
      found.push({ name, proxy, how: "as an update", judgement: update })
      // What was refused is not offered again until it changes, and would be held against the next one.
      if (update.resources.some(({ verdict }) => verdict === "refused")) await warm.clear()
    }
  }
  return found
}

async function snapshots(item: Case, isV2: boolean): Promise<readonly (readonly [string, ProxySnapshot])[]> {
  const { translator, failures } = await settledTranslator(item, isV2, (object) => withFittingKey(object, client))
  expect(failures).toEqual([])
  return translator.proxyKeys().flatMap((key) => {
    const snapshot = translator.snapshot(key)
    return snapshot === undefined ? [] : [[key, withoutMounts(snapshot, authority)] as const]
  })
}

/** What is not as it should be: anything but acceptance, and what is not warm in cases that need nobody else. */
function complaints(item: Case, { name, proxy, how, judgement }: JudgedCase): readonly string[] {
  const { resources, warming } = judgement
  const bad = resources.filter(({ verdict }) => verdict === "refused" || verdict === "unanswered")
  const cold = item.name in waitsForOthers ? [] : warming
  return [
    ...bad.map(({ name: resource, verdict, message }) => `${name} ${proxy} ${how}: ${resource} ${verdict}: ${message}`),
    ...cold.map(({ name: resource }) => `${name} ${proxy} ${how}: ${resource} is not warm`),
  ]
}

function* batches<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size)
}

describe("a real Envoy accepts, from nothing and as an update, what we emit for", () => {
  if (cases.length === 0) it.skip("need the recorded corpus (ATTACHE_GOLDEN)", () => {})
  const others = Object.keys(acceptedInstead)
  const expected = [...recorded("accepted"), ...recorded("nothing published")].filter(
    ({ name }) => !(name in declaredDifferences),
  )
  const all = [...expected, ...cases.filter(({ name }) => others.includes(name))]

  for (const batch of batches(all, 25)) {
    it(`${batch.length} cases, ${batch[0]?.name} to ${batch.at(-1)?.name}`, async () => {
      const found: string[] = []
      let accepted = 0
      for (const item of batch) {
        for (const one of await judged(item)) {
          found.push(...complaints(item, one))
          accepted += one.judgement.resources.filter(({ verdict }) => verdict === "accepted").length
        }
      }
      expect(found).toEqual([])
      expect(accepted).toBeGreaterThan(batch.length)
    })
  }

  it.skipIf(cases.length === 0)("the recorded cases it says this of, and no others are left out", () => {
    const left = cases.filter(({ name }) => !(name in declaredDifferences) && !all.some((item) => item.name === name))
    expect(left.map(({ name }) => name).sort()).toEqual(
      Object.keys(refusedAsRecorded)
        .filter((name) => !(name in declaredDifferences))
        .sort(),
    )
  })
})

describe("a real Envoy refuses, in the recorded words, what we emit for", () => {
  for (const item of cases.filter(({ name }) => name in refusedAsRecorded)) {
    it(`${item.name}: ${refusedAsRecorded[item.name]}`, async () => {
      const expected = verdicts.get(item.name)?.refusals ?? []
      expect(expected).not.toEqual([])
      const answers = await judged(item)
      for (const { name, how } of answers) {
        const refused = answers.filter((one) => one.name === name && one.how === how).flatMap(refusals)
        expect([name, how, refused.filter((one) => !expected.some((words) => isSame(one, words)))]).toEqual([
          name,
          how,
          [],
        ])
        expect([name, how, expected.filter((words) => !refused.some((one) => isSame(one, words)))]).toEqual([
          name,
          how,
          [],
        ])
      }
    })
  }

  it.skipIf(cases.length === 0)("the recorded cases it refuses and we do not answer otherwise", () => {
    const answered = [...Object.keys(refusedAsRecorded), ...Object.keys(acceptedInstead)]
    expect(recorded("refused").map(({ name }) => name)).toEqual(answered.sort())
  })
})

interface Refused {
  readonly proxy: string
  readonly type: string
  readonly words: string
}

function refusals({ proxy, judgement }: JudgedCase): readonly Refused[] {
  return judgement.resources
    .filter(({ verdict }: ResourceVerdict) => verdict === "refused")
    .map(({ typeUrl, message = "" }) => ({
      proxy,
      type: typeUrl.slice(typeUrl.lastIndexOf(".") + 1),
      words: singleBlanks(message),
    }))
}

function isSame(one: Refused, recordedAs: RecordedRefusal): boolean {
  if (one.proxy !== recordedAs.proxy || one.type !== recordedAs.type) return false
  return recordedAs.isCut ? one.words.startsWith(recordedAs.words) : one.words === recordedAs.words
}
