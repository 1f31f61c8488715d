import { createHash } from "node:crypto"
import { createReadStream } from "node:fs"
import { setImmediate as nextTurn } from "node:timers/promises"

const sliceBytes = 8 * 1024 * 1024

/** Lower case hex sha256 of many bytes, given back to the event loop every few milliseconds. */
export async function sha256OfLarge(bytes: Uint8Array): Promise<string> {
  const hash = createHash("sha256")
  for (let at = 0; at < bytes.length; at += sliceBytes) {
    if (at > 0) await nextTurn()
    hash.update(bytes.subarray(at, at + sliceBytes))
  }
  return hash.digest("hex")
}

/** Lower case hex sha256 of a file, read in pieces. Rejects with the system's error. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256")
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Uint8Array)
  return hash.digest("hex")
}
