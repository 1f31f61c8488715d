import { hash } from "node:crypto"

/** Lower case hex sha256 of bytes or of the UTF-8 of a text. */
export function sha256Hex(data: Uint8Array | string): string {
  return hash("sha256", data, "hex")
}

/**
 * Short content version: the first 16 hex characters of sha256.
 *
 * Equal content gives the same version in every replica and after a restart.
 */
export function contentVersion(data: Uint8Array | string): string {
  return sha256Hex(data).slice(0, 16)
}
