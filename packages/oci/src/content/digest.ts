import { createHash, type Hash, hash } from "node:crypto"
import { AttacheError } from "@attache/base"

const hexLengths: Readonly<Record<string, number>> = { sha256: 64, sha512: 128 }

/**
 * Whether a text is a digest whose algorithm can be checked: `sha256:` or `sha512:` and lower-case hexadecimal digits.
 *
 * Source: OCI image specification 1.1, "Digests".
 */
export function isDigest(text: string): boolean {
  const at = text.indexOf(":")
  const length = Object.hasOwn(hexLengths, text.slice(0, at)) ? hexLengths[text.slice(0, at)] : undefined
  const hex = text.slice(at + 1)
  return hex.length === length && /^[0-9a-f]+$/.test(hex)
}

/** Algorithm and hexadecimal part of a digest. Error: ATT_OCI_DIGEST. */
export function splitDigest(digest: string): { readonly algorithm: string; readonly hex: string } {
  if (!isDigest(digest)) {
    throw new AttacheError("ATT_OCI_DIGEST", `${digest} is no sha256 or sha512 digest`, { facts: { digest } })
  }
  const at = digest.indexOf(":")
  return { algorithm: digest.slice(0, at), hex: digest.slice(at + 1) }
}

/** The `sha256:` digest of bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${hash("sha256", bytes)}`
}

/** Whether bytes have a digest. Error: ATT_OCI_DIGEST where it is none. */
export function hasDigest(bytes: Uint8Array, digest: string): boolean {
  const { algorithm, hex } = splitDigest(digest)
  return hash(algorithm, bytes) === hex
}

/** A running hash of the algorithm that a digest names. Error: ATT_OCI_DIGEST. */
export function hashFor(digest: string): Hash {
  return createHash(splitDigest(digest).algorithm)
}
