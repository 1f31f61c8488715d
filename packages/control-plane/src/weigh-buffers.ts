import { setFlagsFromString } from "node:v8"

let isAsked = false

/**
 * Has the collector weigh buffers together with the heap; for the whole process, until it exits.
 *
 * By itself V8 collects everything each time buffers have grown by 64 MiB. Route configurations of thousands of routes are
 * megabytes, and each edit sends one to each Envoy: a full collection several times a second, for garbage that the next
 * small collection would have taken. Does nothing on versions of V8 where the flag is not known to be there.
 */
export function weighBuffersWithHeap(): void {
  if (isAsked || !process.versions.v8.startsWith("13.")) return
  isAsked = true
  setFlagsFromString("--external-memory-accounted-in-global-limit")
  // What is compiled may be kept at the end, for a start that begins without the flag, and V8 refuses code of other flags.
  process.prependOnceListener("exit", () => setFlagsFromString("--no-external-memory-accounted-in-global-limit"))
}
