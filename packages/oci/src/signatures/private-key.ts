import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, scrypt } from "node:crypto"
import { checkKind, maxKeyBytes, wrongKey } from "./keys.ts"
import { openSecretbox, sealSecretbox } from "./secretbox.ts"

const label = "ENCRYPTED SIGSTORE PRIVATE KEY"
const labels = [label, "ENCRYPTED COSIGN PRIVATE KEY"]

/** Cost of scrypt that a key file may ask for: 256 MiB of memory. */
const maxScryptBytes = 268_435_456

/** How cosign derives the key: 64 MiB. Source: cosign 3.1, secure-systems-lab encrypted. */
const scryptCost = { N: 65_536, r: 8, p: 1 } as const

/**
 * A private key from PEM: encrypted by cosign, or PKCS 8, PKCS 1 or SEC 1 with or without encryption of their own.
 *
 * Error: ATT_SIGNATURE_KEY.
 *
 * @param password of an encrypted key; others ignore it
 */
export async function readPrivateKey(pem: string, password = ""): Promise<KeyObject> {
  if (pem.length > maxKeyBytes) throw wrongKey(`a key of more than ${maxKeyBytes} bytes is none`)
  const found = labels.find((each) => pem.includes(`-----BEGIN ${each}-----`))
  const key = found === undefined ? plainKey(pem, password) : await cosignKey(pem, found, password)
  checkKind(key)
  return key
}

/** A new key pair as cosign makes it: ECDSA P-256. */
export function createKeyPair(): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  return generateKeyPairSync("ec", { namedCurve: "prime256v1" })
}

/** A private key in the encrypted PEM of cosign. */
export async function encryptPrivateKey(key: KeyObject, password: string): Promise<string> {
  const [salt, nonce] = [randomBytes(32), randomBytes(24)]
  const derived = await derive(password, salt, scryptCost)
  const sealed = sealSecretbox(key.export({ type: "pkcs8", format: "der" }), nonce, derived)
  const document = {
    kdf: { name: "scrypt", params: scryptCost, salt: salt.toString("base64") },
    cipher: { name: "nacl/secretbox", nonce: nonce.toString("base64") },
    ciphertext: Buffer.from(sealed).toString("base64"),
  }
  const lines =
    Buffer.from(JSON.stringify(document))
      .toString("base64")
      .match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n")
}

function plainKey(pem: string, passphrase: string): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: "pem", ...(passphrase === "" ? {} : { passphrase }) })
  } catch (error) {
    throw wrongKey("the private key cannot be read: it is no PEM of a private key, or its password is wrong", error)
  }
}

async function cosignKey(pem: string, found: string, password: string): Promise<KeyObject> {
  const { salt, nonce, ciphertext, cost } = parseEncrypted(pem, found)
  const derived = await derive(password, salt, cost)
  const der = openSecretbox(ciphertext, nonce, derived)
  if (der === undefined) throw wrongKey("the private key cannot be read: its password is wrong, or it is damaged")
  try {
    return createPrivateKey({ key: Buffer.from(der), format: "der", type: "pkcs8" })
  } catch (error) {
    throw wrongKey("what the private key file holds is no PKCS 8", error)
  }
}

type Cost = Readonly<Record<"N" | "r" | "p", number>>

function derive(password: string, salt: Uint8Array, cost: Cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const maxmem = 2 * maxScryptBytes
    scrypt(password, salt, 32, { ...cost, maxmem }, (error, key) => {
      if (error === null) resolve(key)
      else reject(wrongKey("the key cannot be derived from the password", error))
    })
  })
}

/** Fields of cosign's JSON, as far as they are used. */
interface EncryptedKey {
  readonly kdf?: { readonly name?: unknown; readonly params?: Partial<Cost>; readonly salt?: unknown }
  readonly cipher?: { readonly name?: unknown; readonly nonce?: unknown }
  readonly ciphertext?: unknown
}

function parseEncrypted(pem: string, found: string) {
  const body = pem.slice(pem.indexOf("-----BEGIN")).split("-----")[2] ?? ""
  let document: EncryptedKey | null
  try {
    document = JSON.parse(Buffer.from(body, "base64").toString("utf8")) as EncryptedKey | null
  } catch (error) {
    throw wrongKey(`the ${found.toLowerCase()} is damaged`, error)
  }
  const { N = 0, r = 0, p = 0 } = document?.kdf?.params ?? {}
  const cost = { N, r, p }
  const [salt, nonce, ciphertext] = [document?.kdf?.salt, document?.cipher?.nonce, document?.ciphertext].map(bytesOf)
  const isKnown = document?.kdf?.name === "scrypt" && document.cipher?.name === "nacl/secretbox" && nonce?.length === 24
  if (!isKnown || salt === undefined || nonce === undefined || ciphertext === undefined) {
    throw wrongKey(`the ${found.toLowerCase()} is encrypted in a way that is not known here`)
  }
  const isCost = [N, r, p].every((each) => Number.isSafeInteger(each) && each > 0) && p <= 16 && (N & (N - 1)) === 0
  if (!isCost || 128 * N * r > maxScryptBytes) throw wrongKey("the private key asks for too costly a derivation")
  return { salt, nonce, ciphertext, cost }
}

function bytesOf(text: unknown): Buffer | undefined {
  return typeof text === "string" && text !== "" ? Buffer.from(text, "base64") : undefined
}
