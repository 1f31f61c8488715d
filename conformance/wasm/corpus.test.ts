import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { readWasmCorpus } from "./corpus.ts"
import { judgeCase } from "./judge.ts"

const golden = process.env.ATTACHE_GOLDEN ?? fileURLToPath(new URL("../../../shared/golden", import.meta.url))
const folders = [`${golden}/wasm-guests`, fileURLToPath(new URL("./recorded", import.meta.url))]
const cases = folders.filter((folder) => existsSync(folder)).flatMap(readWasmCorpus)

describe("recorded guests", () => {
  it.each(cases.map((item) => ({ name: item.name, item })))("$name", { timeout: 20_000 }, async ({ item }) => {
    expect((await judgeCase(item, item.expected.neededSigkill === true)).differences).toEqual([])
  })
})
