// A replay in a worker: posts every line and what is known after every step, so that an endless loop loses nothing before it.
import { parentPort, workerData } from "node:worker_threads"
import { printLogLine } from "@attache/wasm-host"
import type { WasmCase } from "./corpus.ts"
import { replayCase } from "./replay.ts"

const { item, readSizes } = workerData as { readonly item: WasmCase; readonly readSizes: readonly number[] | undefined }
parentPort?.postMessage(
  replayCase(
    item,
    readSizes,
    (replay) => parentPort?.postMessage(replay),
    (line) => parentPort?.postMessage({ line: printLogLine(line) }),
  ),
)
