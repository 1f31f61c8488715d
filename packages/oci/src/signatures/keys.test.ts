import { createPublicKey, generateKeyPairSync } from "node:crypto"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { vector } from "../../test/signature-vectors.ts"
import { isSignedBy, readPublicKey, signWith, trustedKey } from "./keys.ts"
import { createKeyPair, encryptPrivateKey, readPrivateKey } from "./private-key.ts"
import { openSecretbox, sealSecretbox } from "./secretbox.ts"

const refused = expect.objectContaining({ code: "ATT_SIGNATURE_KEY" })
const pkcs8 = { type: "pkcs8", format: "pem" } as const
const data = Buffer.from("data")

describe("openSecretbox", () => {
  // The example of "Cryptography in NaCl", section 10, also `secretbox.c` of NaCl's tests.
  const key = Buffer.from("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389", "hex")
  const nonce = Buffer.from("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37", "hex")
  const message = Buffer.from(
    "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705",
    "hex",
  )
  const box = Buffer.from(
    "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5",
    "hex",
  )

  it("opens and seals the example of its authors", () => {
    expect(Buffer.from(openSecretbox(box, nonce, key) ?? [])).toEqual(message)
    expect(Buffer.from(sealSecretbox(message, nonce, key))).toEqual(box)
  })

  it("opens what it sealed, and nothing of which a bit was changed", () => {
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes(24), bytes(32), fc.nat(), (plain, once, secret, at) => {
        const sealed = Buffer.from(sealSecretbox(plain, once, secret))
        expect(Buffer.from(openSecretbox(sealed, once, secret) ?? [])).toEqual(Buffer.from(plain))
        sealed[at % sealed.length] = (sealed[at % sealed.length] ?? 0) ^ 1
        expect(openSecretbox(sealed, once, secret)).toBeUndefined()
      }),
    )
  })

  it.each([0, 15])("opens nothing in %i bytes", (length) => {
    expect(openSecretbox(Buffer.alloc(length), nonce, key)).toBeUndefined()
  })
})

describe("readPrivateKey", () => {
  it.each(["ecdsa", "rsa", "ed25519"])("reads the %s key that cosign encrypted", async (name) => {
    const key = await readPrivateKey(vector(`${name}.key`).toString(), "attache")
    const { fingerprint } = readPublicKey(vector(`${name}.pub`).toString())
    expect(trustedKey(createPublicKey(key)).fingerprint).toBe(fingerprint)
  })

  it("reads what it encrypted itself", async () => {
    const { privateKey } = createKeyPair()
    const read = await readPrivateKey(await encryptPrivateKey(privateKey, "p"), "p")
    expect(read.export(pkcs8)).toBe(privateKey.export(pkcs8))
  })

  it.each([
    ["PKCS 8", pkcs8],
    ["SEC 1", { type: "sec1", format: "pem" }],
    ["encrypted PKCS 8", { ...pkcs8, cipher: "aes-256-cbc", passphrase: "p" }],
  ] as const)("reads %s", async (_name, form) => {
    const { privateKey } = createKeyPair()
    const read = await readPrivateKey(privateKey.export(form) as string, "p")
    expect(read.export(pkcs8)).toBe(privateKey.export(pkcs8))
  })

  const encrypted = (
    change: (
      document: Record<"kdf" | "cipher", Record<string, unknown> & { params: Record<string, unknown> }> &
        Record<string, unknown>,
    ) => void,
  ): string => {
    const body = vector("ecdsa.key").toString().split("-----")[2] ?? ""
    const document = JSON.parse(Buffer.from(body, "base64").toString())
    change(document)
    const text = Buffer.from(JSON.stringify(document)).toString("base64")
    return `-----BEGIN ENCRYPTED COSIGN PRIVATE KEY-----\n${text}\n-----END ENCRYPTED COSIGN PRIVATE KEY-----\n`
  }
  it.each<[string, string, string?]>([
    ["a wrong password", vector("ecdsa.key").toString(), "wrong"],
    ["no password", vector("ecdsa.key").toString(), ""],
    ["nothing", ""],
    ["text", "hello"],
    ["a public key", vector("ecdsa.pub").toString()],
    ["a key of more bytes than a key has", "x".repeat(100_000)],
    ["cosign's form with text in it", "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n????\n-----END"],
    ["another derivation", encrypted((d) => (d.kdf.name = "argon2"))],
    ["another cipher", encrypted((d) => (d.cipher.name = "aes"))],
    ["a derivation that takes a gigabyte", encrypted((d) => (d.kdf.params.N = 1_048_576))],
    ["a derivation that takes days", encrypted((d) => (d.kdf.params.p = 100_000))],
    ["a derivation that is none", encrypted((d) => (d.kdf.params.N = -1))],
    ["a short nonce", encrypted((d) => (d.cipher.nonce = "AAAA"))],
    ["a short box", encrypted((d) => (d.ciphertext = "AAAA"))],
    ["null", "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nbnVsbA==\n-----END"],
    [
      "a key of another curve",
      generateKeyPairSync("ec", { namedCurve: "secp384r1" }).privateKey.export(pkcs8) as string,
    ],
    ["a short RSA key", generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export(pkcs8) as string],
    ["a key that cannot sign", generateKeyPairSync("x25519").privateKey.export(pkcs8) as string],
  ])("refuses %s", async (_name, pem, password = "attache") => {
    await expect(readPrivateKey(pem, password)).rejects.toThrow(refused)
  })
})

describe("keys", () => {
  it.each([
    ["ECDSA", generateKeyPairSync("ec", { namedCurve: "prime256v1" })],
    ["Ed25519", generateKeyPairSync("ed25519")],
    ["RSA", generateKeyPairSync("rsa", { modulusLength: 2048 })],
  ])("%s signs and verifies", (_name, { privateKey, publicKey }) => {
    const signature = signWith(privateKey, data)
    const key = readPublicKey(publicKey.export({ type: "spki", format: "pem" }) as string)
    expect(isSignedBy(key, data, signature)).toBe(true)
    expect(isSignedBy(key, Buffer.from("Data"), signature)).toBe(false)
    expect(isSignedBy(key, data, Buffer.concat([signature, Buffer.from([0])]))).toBe(false)
    expect(isSignedBy(key, data, new Uint8Array())).toBe(false)
  })

  it.each(["", "text", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "x".repeat(70_000)])(
    "refuse %.30j as a public key",
    (pem) => {
      expect(() => readPublicKey(pem)).toThrow(refused)
    },
  )
})
