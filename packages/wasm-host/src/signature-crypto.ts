/** A key as a module gives it: SubjectPublicKeyInfo or PKCS #8 in DER, or PEM. */
export type SignatureKey = { readonly der: Uint8Array } | { readonly pem: string }

/**
 * Signatures, synchronously: what the foreign functions `sign` and `verify_signature` need.
 *
 * A host call must answer before it returns, and the crypto of browsers only promises; there the two answer UNIMPLEMENTED
 * unless something synchronous is given. Hashes are `sha1`, `sha224`, `sha256`, `sha384` and `sha512`.
 */
export interface SignatureCrypto {
  /** Whether a signature is that of a text; undefined when the key is no public key of RSA or of an elliptic curve. */
  verify(hash: string, key: SignatureKey, signature: Uint8Array, text: Uint8Array): boolean | undefined
  /** The signature of a text, PKCS #1 for RSA and DER for elliptic curves; or why there is none. */
  sign(hash: string, key: SignatureKey, text: Uint8Array): Uint8Array | "no private key" | "unfit"
}

interface NodeKey {
  readonly asymmetricKeyType?: string
}

interface NodeCrypto {
  createPublicKey(key: unknown): NodeKey
  createPrivateKey(key: unknown): NodeKey
  sign(hash: string, text: Uint8Array, key: NodeKey): Uint8Array
  verify(hash: string, text: Uint8Array, key: NodeKey, signature: Uint8Array): boolean
}

/** Node's crypto when this runs in Node. */
export function runtimeCrypto(): SignatureCrypto | undefined {
  const { process } = globalThis as { readonly process?: { getBuiltinModule?(name: string): unknown } }
  const found = process?.getBuiltinModule?.("node:crypto") as NodeCrypto | undefined
  if (found === undefined) return undefined
  return {
    verify: (hash, key, signature, text) => {
      const own = publicKey(found, key)
      return own === undefined ? undefined : found.verify(hash, text, own, signature)
    },
    sign: (hash, key, text) => {
      const own = privateKey(found, key)
      if (own === undefined) return "no private key"
      return signsDigests(own) ? new Uint8Array(found.sign(hash, text, own)) : "unfit"
    },
  }
}

function publicKey(crypto: NodeCrypto, key: SignatureKey): NodeKey | undefined {
  // Node would make the public key out of a private one.
  if ("pem" in key && !key.pem.includes("-----BEGIN PUBLIC KEY-----")) return undefined
  return attempt(() => {
    const own =
      "pem" in key
        ? crypto.createPublicKey(key.pem)
        : crypto.createPublicKey({ key: withoutTail(key.der), format: "der", type: "spki" })
    return signsDigests(own) ? own : undefined
  })
}

function privateKey(crypto: NodeCrypto, key: SignatureKey): NodeKey | undefined {
  return attempt(() =>
    "pem" in key
      ? crypto.createPrivateKey(key.pem)
      : crypto.createPrivateKey({ key: withoutTail(key.der), format: "der", type: "pkcs8" }),
  )
}

function signsDigests({ asymmetricKeyType }: NodeKey): boolean {
  return asymmetricKeyType === "rsa" || asymmetricKeyType === "ec"
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch {
    // Whatever is wrong with a key, it is none.
    return undefined
  }
}

/** DER up to its announced end; Envoy's parser does not mind what follows. */
function withoutTail(der: Uint8Array): Uint8Array {
  const first = der[1] ?? 0
  if (first < 0x80) return der.subarray(0, 2 + first)
  const count = first & 0x7f
  let length = 0
  for (let i = 0; i < count; i++) length = length * 256 + (der[2 + i] ?? 0)
  return der.subarray(0, 2 + count + length)
}
