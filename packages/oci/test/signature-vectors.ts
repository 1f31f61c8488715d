import { readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import type { Descriptor } from "../src/content/descriptor.ts"
import { createMemoryTarget, type MemoryTarget } from "./memory-target.ts"

/** The folder of the recorded signatures. */
export const signatureVectors: string = resolve(import.meta.dirname, "../src/signatures/testdata")

/** A file of the recorded signatures. */
export function vector(name: string): Buffer {
  return readFileSync(join(signatureVectors, name))
}

interface Recorded {
  readonly image: string
  readonly tags: Readonly<Record<string, string>>
  readonly blobs: Readonly<Record<string, { readonly mediaType: string; readonly content: string }>>
}

/** A repository with a signed image. */
export interface SignedImage {
  readonly target: MemoryTarget
  readonly image: Descriptor
}

/** The image that cosign signed with three keys in both forms. */
export function signedByCosign(): Promise<SignedImage> {
  return recordedImage("cosign.json")
}

/** The image that dev@acme.example signed in both forms under the root in `keyless-root.json`. */
export function signedKeyless(): Promise<SignedImage> {
  return recordedImage("keyless-image.json")
}

async function recordedImage(name: string): Promise<SignedImage> {
  const recorded = JSON.parse(vector(name).toString()) as Recorded
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
