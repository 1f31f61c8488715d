import { Status } from "../abi/status.ts"
import { decodeUtf8, joinBytes, utf8 } from "../byte-string.ts"
import { type Message, readMessage, writeField } from "../protobuf.ts"
import type { SignatureKey } from "../signature-crypto.ts"
import type { Vm } from "../vm.ts"

const hashes = new Set(["sha1", "sha224", "sha256", "sha384", "sha512"])

/** `verify_signature`: message of hash, key, signature and text in, message of result and error out. Source: Envoy `foreign.cc`, `verify_signature.proto`. */
export function verifySignature(vm: Vm, args: Uint8Array): Uint8Array | Status {
  const { crypto } = vm.process
  if (crypto === undefined) return Status.Unimplemented
  const message = readMessage(args)
  const key = message === undefined ? undefined : keyOf(message, 2, 5)
  if (message === undefined || key === undefined) return Status.BadArgument
  const hash = hashOf(message)
  if (!hashes.has(hash.toLowerCase())) return result(`${hash} is not supported.`, 2)
  const isValid = crypto.verify(hash.toLowerCase(), key, bytesOf(message, 3), bytesOf(message, 4))
  if (isValid === undefined) return result("Failed to initialize digest verify.", 2)
  return isValid ? success : result("Failed to verify digest. Error code: 0", 2)
}

/** `sign`: message of hash, key and text in, message of result, signature and error out. Source: Envoy `foreign.cc`, `sign.proto`. */
export function sign(vm: Vm, args: Uint8Array): Uint8Array | Status {
  const { crypto } = vm.process
  if (crypto === undefined) return Status.Unimplemented
  const message = readMessage(args)
  const key = message === undefined ? undefined : keyOf(message, 2, 4)
  if (message === undefined || key === undefined) return Status.BadArgument
  const hash = hashOf(message)
  if (!hashes.has(hash.toLowerCase())) return result(`${hash} is not supported.`, 3)
  const signature = crypto.sign(hash.toLowerCase(), key, bytesOf(message, 3))
  if (signature === "no private key") return result("Invalid key type: private key required for signing operation.", 3)
  if (signature === "unfit") return result("Invalid private key: key data is corrupted or malformed.", 3)
  return joinBytes([success, writeField(2, signature)])
}

/** Field 1, a bool, is true. */
const success = Uint8Array.of(8, 1)

function result(error: string, field: number): Uint8Array {
  return writeField(field, utf8(error))
}

function bytesOf(message: Message, field: number): Uint8Array {
  const value = message.get(field)
  return value instanceof Uint8Array ? value : new Uint8Array(0)
}

function hashOf(message: Message): string {
  return decodeUtf8(bytesOf(message, 1))
}

/** The key in one of its two forms; undefined for none and for both. */
function keyOf(message: Message, der: number, pem: number): SignatureKey | undefined {
  const [bytes, text] = [bytesOf(message, der), bytesOf(message, pem)]
  if (bytes.length > 0 === text.length > 0) return undefined
  return bytes.length > 0 ? { der: bytes } : { pem: decodeUtf8(text) }
}
