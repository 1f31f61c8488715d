import { readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import type { Descriptor } from "../src/content/descriptor.ts"
import { createMemoryTarget, type MemoryTarget } from "./memory-target.ts"

const folder = resolve(import.meta.dirname, "../src/signatures/testdata")

/** A file of the recorded signatures. */
export function vector(name: string): Buffer {
  return readFileSync(join(folder, name))
}

interface Recorded {
  readonly image: string
  readonly tags: Readonly<Record<string, string>>
  readonly blobs: Readonly<Record<string, { readonly mediaType: string; readonly content: string }>>
}

/** A repository with the image that cosign signed with three keys in both forms. */
export async function signedByCosign(): Promise<{ readonly target: MemoryTarget; readonly image: Descriptor }> {
  const recorded = JSON.parse(vector("cosign.json").toString()) as Recorded
  const target = createMemoryTarget("127.0.0.1:5719/ns/signed")
  const descriptors = Object.entries(recorded.blobs).map(
    ([digest, { mediaType, content }]) => [digest, target.put(Buffer.from(content, "base64"), mediaType)] as const,
  )
  const byDigest = new Map(descriptors)
  for (const [tag, digest] of Object.entries(recorded.tags)) {
    await target.tag(byDigest.get(digest) ?? target.put("", ""), tag)
  }
  return { target, image: byDigest.get(recorded.image) ?? target.put("", "") }
}
