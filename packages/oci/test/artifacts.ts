import { createHash } from "node:crypto"
import type { Descriptor } from "../src/content/descriptor.ts"
import type { Content, Target } from "../src/content/target.ts"

/** Content with its descriptor. */
export interface TestContent {
  readonly descriptor: Descriptor
  readonly bytes: Uint8Array
}

export const manifestType = "application/vnd.oci.image.manifest.v1+json"
export const indexType = "application/vnd.oci.image.index.v1+json"
const emptyType = "application/vnd.oci.empty.v1+json"

/** Content of any bytes. */
export function content(bytes: Uint8Array | string, mediaType = "application/octet-stream"): TestContent {
  const all = typeof bytes === "string" ? Buffer.from(bytes) : bytes
  const digest = `sha256:${createHash("sha256").update(all).digest("hex")}`
  return { descriptor: { mediaType, digest, size: all.length }, bytes: all }
}

/** The config of artifacts that have none. */
export const emptyConfig = content("{}", emptyType)

/** A manifest over layers; `more` adds or replaces fields. */
export function manifest(layers: readonly TestContent[], more: Record<string, unknown> = {}): TestContent {
  const fields = {
    schemaVersion: 2,
    mediaType: manifestType,
    artifactType: "application/vnd.example",
    config: emptyConfig.descriptor,
    layers: layers.map(({ descriptor }) => descriptor),
    ...more,
  }
  return content(JSON.stringify(fields), manifestType)
}

/** An index over manifests, with their platforms. */
export function index(manifests: readonly Descriptor[], more: Record<string, unknown> = {}): TestContent {
  return content(JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests, ...more }), indexType)
}

/** Bytes that nothing compresses, always the same for a size. */
export function noise(size: number, seed = 1): Uint8Array {
  const bytes = Buffer.alloc(size)
  let state = seed
  for (let i = 0; i + 4 <= size; i += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes.writeUInt32LE(state, i)
  }
  return bytes
}

/** Content that is opened at an offset, in pieces. */
export function opener(bytes: Uint8Array, pieceBytes = 65_536): Exclude<Content, Uint8Array> {
  return async (offset) => pieces(bytes.subarray(offset), pieceBytes)
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** Pushes content in the order given. */
export async function pushAll(target: Target, contents: readonly TestContent[]): Promise<void> {
  for (const { descriptor, bytes } of contents) await target.push(descriptor, bytes)
}
