import { AttacheError } from "@attache/base"
import type { Descriptor, ImageIndex, Manifest } from "../src/content/descriptor.ts"
import { digestOf } from "../src/content/digest.ts"
import { isManifestType } from "../src/content/media-types.ts"
import type { Content, FetchOptions, PushOutcome, Target } from "../src/content/target.ts"
import { verified, verifyBytes } from "../src/content/verified.ts"

/** A target in memory, whose content a test can put wrong. */
export interface MemoryTarget extends Target {
  /** Bytes by digest. What is put here is served under that digest, right or not. */
  readonly blobs: Map<string, Uint8Array>
  /** Puts a blob or manifest there. */
  put(content: Uint8Array | string | object, mediaType: string): Descriptor
}

/** A target in memory with nothing in it. */
export function createMemoryTarget(name = "memory.example/repository"): MemoryTarget {
  const blobs = new Map<string, Uint8Array>()
  const types = new Map<string, Descriptor>()
  const tags = new Map<string, Descriptor>()
  const at = (descriptor: Descriptor): Uint8Array => {
    const bytes = blobs.get(descriptor.digest)
    if (bytes !== undefined) return bytes
    throw new AttacheError("ATT_OCI_NOT_FOUND", `${name} has no ${descriptor.digest}`)
  }
  const keep = (descriptor: Descriptor, bytes: Uint8Array): void => {
    blobs.set(descriptor.digest, bytes)
    if (isManifestType(descriptor.mediaType)) types.set(descriptor.digest, descriptor)
  }
  const resolve = (reference: string): Descriptor => {
    const descriptor = tags.get(reference) ?? types.get(reference)
    if (descriptor !== undefined) return descriptor
    throw new AttacheError("ATT_OCI_NOT_FOUND", `${name} has no ${reference}`)
  }
  return {
    name,
    blobs,
    put(content, mediaType) {
      const bytes =
        content instanceof Uint8Array
          ? content
          : Buffer.from(typeof content === "string" ? content : JSON.stringify(content))
      const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length }
      keep(descriptor, bytes)
      return descriptor
    },
    resolve: async (reference) => resolve(reference),
    fetch: async (descriptor, { offset = 0 }: FetchOptions = {}) =>
      verified(pieces(at(descriptor).subarray(offset)), descriptor, { offset, from: name }),
    async fetchManifest(wanted) {
      const descriptor = typeof wanted === "string" ? resolve(wanted) : wanted
      const bytes = at(descriptor)
      verifyBytes(bytes, descriptor, name)
      return { descriptor, bytes }
    },
    async referrers(descriptor, artifactType) {
      return [...types.values()]
        .flatMap((each) => {
          const manifest = JSON.parse(Buffer.from(at(each)).toString()) as Manifest | ImageIndex
          if (manifest.subject?.digest !== descriptor.digest) return []
          const type = manifest.artifactType ?? ("config" in manifest ? manifest.config.mediaType : undefined)
          if (artifactType !== undefined && type !== artifactType) return []
          return [{ ...each, ...(type === undefined ? {} : { artifactType: type }) }]
        })
        .sort((a, b) => (a.digest < b.digest ? -1 : 1))
    },
    exists: async ({ digest }) => blobs.has(digest),
    async push(descriptor, content, options = {}): Promise<PushOutcome> {
      if (blobs.has(descriptor.digest)) return "existed"
      const bytes = await bytesOfContent(content)
      verifyBytes(bytes, descriptor, name)
      options.onBytes?.(bytes.length)
      keep(descriptor, bytes)
      return "pushed"
    },
    async tag(descriptor, reference) {
      tags.set(reference, descriptor)
    },
    async untag(reference) {
      tags.delete(reference)
    },
    async delete({ digest }) {
      blobs.delete(digest)
      types.delete(digest)
    },
    tags: async () => [...tags.keys()].sort(),
  }
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000)
}

async function bytesOfContent(content: Content): Promise<Uint8Array> {
  if (content instanceof Uint8Array) return content
  const all: Uint8Array[] = []
  for await (const piece of await content(0)) all.push(piece)
  return Buffer.concat(all)
}
