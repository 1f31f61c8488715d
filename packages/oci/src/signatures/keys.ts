import { createHash, createPublicKey, type KeyObject, sign, verify } from "node:crypto"
import { AttacheError, errorFrom } from "@attache/base"

/** A public key that signatures are held against. */
export interface TrustedKey {
  readonly key: KeyObject
  /** Lower case hex sha256 of the key in DER: what policies and messages name it by. */
  readonly fingerprint: string
}

/** Longest PEM text that is read. */
export const maxKeyBytes = 65_536

/** A public key from PEM. Error: ATT_SIGNATURE_KEY. */
export function readPublicKey(pem: string): TrustedKey {
  if (pem.length > maxKeyBytes) throw wrongKey(`a key of more than ${maxKeyBytes} bytes is none`)
  try {
    return trustedKey(createPublicKey({ key: pem, format: "pem" }))
  } catch (error) {
    throw errorFrom(error, "ATT_SIGNATURE_KEY", "the public key cannot be read")
  }
}

/** A key with its fingerprint. Kinds that are not used for signatures here are refused: ATT_SIGNATURE_KEY. */
export function trustedKey(key: KeyObject): TrustedKey {
  checkKind(key)
  const der = key.export({ type: "spki", format: "der" })
  return { key, fingerprint: createHash("sha256").update(der).digest("hex") }
}

/** Refuses keys other than ECDSA P-256, Ed25519, and RSA of 2048 bits and more. */
export function checkKind(key: KeyObject): void {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  if (type === "ed25519") return
  if (type === "ec" && details?.namedCurve === "prime256v1") return
  if (type === "rsa" && (details?.modulusLength ?? 0) >= 2048) return
  throw wrongKey(
    `a key of kind ${type ?? key.type} ${details?.namedCurve ?? details?.modulusLength ?? ""}is not used here`,
  )
}

/** A signature as cosign makes it: ECDSA and RSA (PKCS 1, 1.5) over sha256, Ed25519 over the bytes themselves. */
export function signWith(key: KeyObject, data: Uint8Array): Uint8Array {
  return sign(hashOf(key), data, key)
}

/** Whether a signature is right. Signatures that are malformed are wrong. */
export function isSignedBy({ key }: TrustedKey, data: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(hashOf(key), data, key, signature)
  } catch {
    return false
  }
}

function hashOf(key: KeyObject): string | null {
  return key.asymmetricKeyType === "ed25519" ? null : "sha256"
}

/** The error for a key that cannot be used. */
export function wrongKey(message: string, cause?: unknown): AttacheError {
  return new AttacheError("ATT_SIGNATURE_KEY", message, { cause })
}
