// What a real Envoy did with some random plugins, by seed.
import { readFileSync, writeFileSync } from "node:fs"
import { gunzipSync, gzipSync } from "node:zlib"
import type { Transcript, WasmCase } from "../corpus.ts"
import { randomCase } from "./plugin.ts"

/** One recording. */
export interface Recorded {
  readonly seed: number
  readonly isTcp: boolean
  readonly transcript: Transcript
}

const path = new URL("./recorded.json.gz", import.meta.url)

/** The recordings that are kept. */
export function readRecorded(): readonly Recorded[] {
  return JSON.parse(gunzipSync(readFileSync(path)).toString()) as readonly Recorded[]
}

/** Keeps recordings instead of those of before. */
export function writeRecorded(list: readonly Recorded[]): void {
  writeFileSync(path, gzipSync(JSON.stringify(list), { level: 9 }))
}

/** A recording as a case of a corpus. */
export function recordedCase({ seed, isTcp, transcript }: Recorded): WasmCase {
  const { module, config } = randomCase(seed, isTcp)
  return { name: nameOf(seed, isTcp), module, config, expected: transcript }
}

/** What a seed's case is called. */
export function nameOf(seed: number, isTcp: boolean): string {
  return `${isTcp ? "tcp" : "http"} ${seed}`
}
