// The recorded guests once more on a real Envoy: a transcript that it does not repeat proves nothing about our host.
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { findEnvoy } from "@attache/envoy"
import { describe, expect, it } from "vitest"
import { readWasmCorpus } from "./corpus.ts"
import { judgeOnEnvoy } from "./envoy/judge-on-envoy.ts"

const golden = process.env.ATTACHE_GOLDEN ?? fileURLToPath(new URL("../../../shared/golden", import.meta.url))
const folders = [`${golden}/wasm-guests`, fileURLToPath(new URL("./recorded", import.meta.url))]
const cases = folders.filter((folder) => existsSync(folder)).flatMap(readWasmCorpus)
const envoy = cases.length === 0 ? undefined : await findEnvoy({})

// A service that took ten milliseconds makes a header, and the memory for it, one byte longer than recorded.
const patience = { retry: 3, timeout: 60_000 }

describe.skipIf(envoy === undefined)("recorded guests on Envoy", () => {
  it.each(cases.map((item) => ({ name: item.name, item })))("$name", patience, async ({ item }) => {
    expect((await judgeOnEnvoy(item, envoy?.path ?? "")).differences).toEqual([])
  })
})
