/**
 * The Wasm host: header callbacks without growth of anybody's memory, the start of a module, and small tests one after another.
 *
 * Alone: node --expose-gc bench/part.ts wasm-host [CALLBACKS, default 10 000 000]. Numbers are milliseconds and MiB.
 */
import { join } from "node:path"
import { createHost } from "@attache/wasm-host"
import { buildGuest } from "@attache/wasm-host/guest"
import { compileAssemblyScript } from "@attache/wasm-sdk/build"

/** What was measured. */
export interface WasmHostFigures {
  readonly callbacks: number
  readonly seconds: number
  readonly microsecondsPerCallback: number
  /** After a tenth of the callbacks, after half of them, and at the end; heap after a collection. */
  readonly memory: readonly { readonly heapMiB: number; readonly residentMiB: number; readonly guestMiB: number }[]
  /** Loading a module and starting it on the main thread and one worker, the median of many. */
  readonly startMs: Readonly<Record<string, number>>
  /** 200 tests: a host, a start, a request and a look at the response, each. */
  readonly twoHundredTestsMs: number
}

const mebibyte = 1024 * 1024
const filter = join(import.meta.dirname, "..", "examples", "wasm", "header", "assembly", "index.ts")

/** Measures in this process. */
export async function measure([count = "10000000"]: readonly string[]): Promise<WasmHostFigures> {
  const sdk = await compileAssemblyScript(filter)
  const plain = buildGuest({
    callbacks: {
      proxy_on_request_headers: [["proxy_add_header_map_value", 0, 16, 3, 24, 1]],
      proxy_on_response_headers: [["proxy_add_header_map_value", 2, 16, 3, 24, 1]],
    },
    data: { 16: "x-a", 24: "1" },
  })
  const modules = { "AssemblyScript with our SDK": sdk, "two host calls": plain }
  const startMs = Object.fromEntries(Object.entries(modules).map(([name, module]) => [name, medianStart(module)]))
  return { ...callbacks(sdk, Number(count)), startMs, twoHundredTestsMs: tests(sdk) }
}

function medianStart(module: Uint8Array): number {
  const times = Array.from({ length: 51 }, () => {
    const begun = performance.now()
    createHost({ module, logLevel: "error" }).start()
    return performance.now() - begun
  }).sort((a, b) => a - b)
  return times[25] ?? 0
}

function tests(module: Uint8Array): number {
  const begun = performance.now()
  for (let i = 0; i < 200; i++) {
    const host = createHost({ module })
    host.start()
    if (host.send({ path: `/${i}` }).status !== 200) throw new Error("the filter broke the request")
  }
  return performance.now() - begun
}

function callbacks(module: Uint8Array, wanted: number) {
  const host = createHost({ module, logLevel: "error", limits: { records: 1000 } })
  host.start()
  const requests = Math.ceil(wanted / 2)
  const memory: WasmHostFigures["memory"][number][] = []
  const look = (): void => {
    globalThis.gc?.()
    const { heapUsed, rss } = process.memoryUsage()
    const inMiB = (bytes: number): number => Math.round((bytes / mebibyte) * 10) / 10
    memory.push({ heapMiB: inMiB(heapUsed), residentMiB: inMiB(rss), guestMiB: inMiB(host.memoryBytes()) })
  }
  const marks = new Set([Math.floor(requests / 10), Math.floor(requests / 2), requests])
  const begun = performance.now()
  for (let i = 1; i <= requests; i++) {
    host.send({ path: "/" })
    if (marks.has(i)) look()
  }
  const seconds = (performance.now() - begun) / 1000
  return { callbacks: requests * 2, seconds, microsecondsPerCallback: (seconds * 1e6) / (requests * 2), memory }
}
