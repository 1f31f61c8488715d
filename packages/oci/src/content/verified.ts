import type { Hash } from "node:crypto"
import { AttacheError } from "@attache/base"
import { giveBack, hold } from "../http/slabs.ts"
import type { Descriptor } from "./descriptor.ts"
import { hasDigest, hashFor } from "./digest.ts"

/** What is checked besides the size. */
export interface VerifyOptions {
  /** Bytes of the content that came before. Default 0. With others the digest is not checked. */
  readonly offset?: number
  /** For messages, such as a repository. */
  readonly from: string
}

/** What streams are verified to be, so that no byte is hashed twice on its way through. */
const verifiedAs = new WeakMap<AsyncIterable<Uint8Array>, string>()

/**
 * Content as it passes, which ends in an error where it is not what its descriptor says.
 *
 * Never gives more than `size` bytes, and the last of them only when the digest is right. Errors: ATT_OCI_SIZE, ATT_OCI_DIGEST.
 */
export function verified(
  content: AsyncIterable<Uint8Array>,
  descriptor: Descriptor,
  { offset = 0, from }: VerifyOptions,
): AsyncIterable<Uint8Array> {
  if (offset === 0 && verifiedAs.get(content) === identity(descriptor)) return content
  const stream = checked(content, descriptor, offset, from)
  if (offset === 0) verifiedAs.set(stream, identity(descriptor))
  return stream
}

function identity({ digest, size }: Descriptor): string {
  return `${digest} ${size}`
}

async function* checked(
  content: AsyncIterable<Uint8Array>,
  descriptor: Descriptor,
  offset: number,
  from: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = offset === 0 ? hashFor(descriptor.digest) : undefined
  let count = offset
  for await (const chunk of content) {
    if (chunk.length === 0) continue
    count += chunk.length
    if (count > descriptor.size) throw wrongSize(descriptor, from, "more")
    const isLast = count === descriptor.size
    if (isLast) judge(hash?.update(chunk), descriptor, from)
    else hold(chunk)
    yield chunk
    if (isLast) continue
    // While the receiver is at work on what it was given.
    hash?.update(chunk)
    giveBack(chunk)
  }
  if (count < descriptor.size) throw wrongSize(descriptor, from, `only ${count}`)
  if (descriptor.size === 0) judge(hash, descriptor, from)
}

function judge(hash: Hash | undefined, descriptor: Descriptor, from: string): void {
  if (hash !== undefined && !descriptor.digest.endsWith(`:${hash.digest("hex")}`)) throw wrongDigest(descriptor, from)
}

/** Checks bytes in memory. Errors: ATT_OCI_SIZE, ATT_OCI_DIGEST. */
export function verifyBytes(bytes: Uint8Array, descriptor: Descriptor, from: string): void {
  if (bytes.length !== descriptor.size) throw wrongSize(descriptor, from, String(bytes.length))
  if (!hasDigest(bytes, descriptor.digest)) throw wrongDigest(descriptor, from)
}

/** The error for content of the wrong length. @param count what there was, for the message */
export function wrongSize({ digest, size }: Descriptor, from: string, count: string): AttacheError {
  return new AttacheError("ATT_OCI_SIZE", `${from} gave ${count} bytes of ${digest}, which has ${size}`, {
    facts: { digest, size, from },
  })
}

/** The error for content of the wrong digest. */
export function wrongDigest({ digest }: Descriptor, from: string): AttacheError {
  return new AttacheError("ATT_OCI_DIGEST", `${from} gave content that does not have the digest ${digest}`, {
    hint: "find out who altered the content, or push it anew",
    facts: { digest, from },
  })
}

/** All bytes of a stream whose length is bounded by whoever made it. */
export async function collect(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of content) chunks.push(chunk)
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
}

/** The content that a descriptor carries in itself; undefined when it has none or another. */
export function inlineData(descriptor: Descriptor): Uint8Array | undefined {
  if (descriptor.data === undefined) return undefined
  const bytes = Buffer.from(descriptor.data, "base64")
  if (bytes.length !== descriptor.size) return undefined
  return hasDigest(bytes, descriptor.digest) ? bytes : undefined
}
