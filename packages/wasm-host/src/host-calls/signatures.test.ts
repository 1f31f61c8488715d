import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto"
import { describe, expect, it } from "vitest"
import { createHost } from "../host.ts"
import { writeField } from "../protobuf.ts"
import type { SignatureCrypto } from "../signature-crypto.ts"
import { buildGuest } from "../testing/guest.ts"

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 })
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" })
const ed = generateKeyPairSync("ed25519")
const pem = (key: KeyObject): string =>
  String(
    key.export({ type: key.type === "public" ? "spki" : "pkcs8", format: "pem" } as { type: "spki"; format: "pem" }),
  )
const der = (key: KeyObject): Uint8Array =>
  new Uint8Array(
    key.export({ type: key.type === "public" ? "spki" : "pkcs8", format: "der" } as { type: "spki"; format: "der" }),
  )
const signed = (hash: string, key: KeyObject): Uint8Array => createSign(hash).update("text").sign(key)

type Fields = Readonly<Record<number, string | Uint8Array>>
const encode = (fields: Fields): Uint8Array =>
  Uint8Array.from(
    Object.entries(fields).flatMap(([field, value]) => [
      ...writeField(Number(field), typeof value === "string" ? new TextEncoder().encode(value) : value),
    ]),
  )

/** Status of a foreign function, and the fields of its result. */
function call(name: string, args: Uint8Array, crypto?: SignatureCrypto) {
  const module = buildGuest({
    callbacks: {
      proxy_on_request_headers: [
        ["proxy_call_foreign_function", 16, name.length, 8192, args.length, 1024, 1028],
        ["proxy_log", 2, 32768, 1024],
      ],
    },
    data: { 16: name, 8192: args },
    pages: 4,
  })
  const host = createHost({ module, ...(crypto === undefined ? {} : { crypto }) })
  host.start()
  host.send({})
  const at = host.trace().findIndex((line) => line.includes("proxy_call_foreign_function("))
  const lines = host.trace().slice(at)
  const size = Number(/malloc\((\d+)\)/.exec(lines[1] ?? "")?.[1] ?? 0)
  const status = Number(/return: (\d+)$/.exec(lines.find((line) => line.includes("<-host] env.proxy_call")) ?? "")?.[1])
  return { status, size }
}
const verify = (fields: Fields) => call("verify_signature", encode(fields))
const sign = (fields: Fields) => call("sign", encode(fields))
const text = "text"

describe("verify_signature", () => {
  const good = signed("sha256", rsa.privateKey)
  it.each<readonly [what: string, fields: Fields, status: number, size: number]>([
    ["an RSA key in DER", { 1: "sha256", 2: der(rsa.publicKey), 3: good, 4: text }, 0, 2],
    ["an RSA key in PEM", { 1: "SHA256", 5: pem(rsa.publicKey), 3: good, 4: text }, 0, 2],
    ["an elliptic curve", { 1: "sha512", 2: der(ec.publicKey), 3: signed("sha512", ec.privateKey), 4: text }, 0, 2],
    ["bytes after the key", { 1: "sha256", 2: Uint8Array.from([...der(rsa.publicKey), 0]), 3: good, 4: text }, 0, 2],
    ["another text", { 1: "sha256", 2: der(rsa.publicKey), 3: good, 4: "other" }, 0, 40],
    ["no signature", { 1: "sha256", 2: der(rsa.publicKey), 4: text }, 0, 40],
    ["an unknown hash", { 1: "md5", 2: der(rsa.publicKey), 3: good, 4: text }, 0, 23],
    ["no hash", { 2: der(rsa.publicKey), 3: good, 4: text }, 0, 20],
    ["rubbish for a key", { 1: "sha256", 2: Uint8Array.of(1, 2, 3), 3: good, 4: text }, 0, 37],
    ["a private key", { 1: "sha256", 5: pem(rsa.privateKey), 3: good, 4: text }, 0, 37],
    ["a key of Ed25519", { 1: "sha256", 2: der(ed.publicKey), 3: good, 4: text }, 0, 37],
    ["no key", { 1: "sha256", 3: good, 4: text }, 2, 0],
    ["two keys", { 1: "sha256", 2: der(rsa.publicKey), 5: pem(rsa.publicKey), 3: good, 4: text }, 2, 0],
  ])("with %s", (_, fields, status, size) => expect(verify(fields)).toEqual({ status, size }))
})

describe("sign", () => {
  it.each<readonly [what: string, fields: Fields, status: number, size: number]>([
    ["an RSA key in DER", { 1: "sha256", 2: der(rsa.privateKey), 3: text }, 0, 261],
    ["an RSA key in PEM", { 1: "sha1", 4: pem(rsa.privateKey), 3: text }, 0, 261],
    ["an unknown hash", { 1: "md5", 2: der(rsa.privateKey), 3: text }, 0, 23],
    ["a public key", { 1: "sha256", 2: der(rsa.publicKey), 3: text }, 0, 63],
    ["a key of Ed25519", { 1: "sha256", 2: der(ed.privateKey), 3: text }, 0, 58],
    ["no key", { 1: "sha256", 3: text }, 2, 0],
  ])("with %s", (_, fields, status, size) => expect(sign(fields)).toEqual({ status, size }))
  it("takes the crypto it is given", () => {
    const own: SignatureCrypto = { verify: () => true, sign: () => Uint8Array.of(7) }
    expect(call("sign", encode({ 1: "sha256", 2: "k", 3: text }), own)).toEqual({ status: 0, size: 5 })
  })
  it("refuses what is no message", () => {
    expect(call("sign", Uint8Array.of(255, 255)).status).toBe(2)
    expect(call("verify_signature", Uint8Array.of(255, 255)).status).toBe(2)
  })
})
