import { describe, expect, it } from "vitest"
import { createFakeSigstore, fakeAnnotations, fakeBundle } from "../../test/fake-sigstore.ts"
import { dockerImage } from "../../test/layout-fixtures.ts"
import { createMemoryTarget } from "../../test/memory-target.ts"
import { vector } from "../../test/signature-vectors.ts"
import type { Descriptor } from "../content/descriptor.ts"
import type { FoundSignature } from "./found-signature.ts"
import { parseBundle, verifyKeyless } from "./keyless.ts"
import { simpleSigningAnnotations, simpleSigningPayload } from "./simple-signing.ts"
import { signPredicate, signStatement } from "./statement.ts"
import { readTrustRoot } from "./trust-root.ts"
import { verifySignature } from "./verify-signature.ts"

type Json = Record<string, unknown>

/** A copy of a document with one field changed: `a.0.b`. */
function withField(document: object, path: string, change: (value: unknown) => unknown): object {
  const copy = structuredClone(document) as Json
  const parts = path.split(".")
  const last = parts.pop() ?? ""
  const parent = parts.reduce<Json>((at, part) => at[part] as Json, copy)
  const changed = change(parent[last])
  if (changed === undefined) delete parent[last]
  else parent[last] = changed
  return copy
}

/** Base64 text with one bit of the bytes changed. */
const flipped = (text: unknown): string => {
  const bytes = Buffer.from(String(text), "base64")
  const at = bytes.length >> 1
  bytes[at] = (bytes[at] ?? 0) ^ 1
  return bytes.toString("base64")
}

describe("a bundle of the public instance", () => {
  const document = JSON.parse(vector("keyless-bundle.json").toString()) as object
  const rootDocument = JSON.parse(vector("public-good-root.json").toString()) as object
  const judge = async (bundle: object, root: object = rootDocument) => {
    const parsed = await parseBundle(bundle)
    return "reason" in parsed ? parsed : verifyKeyless(parsed.bundle, readTrustRoot(Buffer.from(JSON.stringify(root))))
  }
  const refused = { reason: expect.any(String) }

  it("is right, long after its certificate ended", async () => {
    expect(await judge(document)).toEqual({
      identity: { subject: "cody@soyland.com", issuer: "https://github.com/login/oauth" },
    })
  })

  const entry = "verificationMaterial.tlogEntries.0"
  it.each<[string, string, (value: unknown) => unknown]>([
    ["another payload", "dsseEnvelope.payload", flipped],
    ["another signature", "dsseEnvelope.signatures.0.sig", flipped],
    ["no signature", "dsseEnvelope.signatures", () => []],
    ["another payload type", "dsseEnvelope.payloadType", () => "text/plain"],
    ["an altered certificate", "verificationMaterial.certificate.rawBytes", flipped],
    ["no certificate", "verificationMaterial.certificate", () => undefined],
    ["no log entry", "verificationMaterial.tlogEntries", () => []],
    ["an altered log entry", `${entry}.canonicalizedBody`, flipped],
    ["another time", `${entry}.integratedTime`, () => "1740770292"],
    ["an altered promise", `${entry}.inclusionPromise.signedEntryTimestamp`, flipped],
    ["no promise, and so no time", `${entry}.inclusionPromise`, () => undefined],
    ["no proof", `${entry}.inclusionProof`, () => undefined],
    ["a proof of another entry", `${entry}.inclusionProof.hashes.0`, flipped],
    [
      "an altered checkpoint",
      `${entry}.inclusionProof.checkpoint.envelope`,
      (text) => String(text).replace("53604735", "53604736"),
    ],
    ["the entry of another log", `${entry}.logId.keyId`, flipped],
  ])("with %s is refused", async (_name, path, change) => {
    expect(await judge(withField(document, path, change))).toEqual(refused)
  })

  it.each<[string, string, (value: unknown) => unknown]>([
    ["authorities", "certificateAuthorities", () => []],
    ["its transparency log", "tlogs", () => []],
    ["its certificate log", "ctlogs", () => []],
    [
      "the key of its log",
      "tlogs.0.publicKey.rawBytes",
      () =>
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEbfwR+RJudXscgRBRpKX1XFDy3PyudDxz/SfnRi1fT8ekpfBd2O1uoz7jr3Z8nKzxA69EUQ+eFCFI3zeubPWU7w==",
    ],
    [
      "an authority that was valid then",
      "certificateAuthorities.0.validFor",
      () => ({ start: "2026-01-01T00:00:00Z" }),
    ],
    ["a log that was valid then", "tlogs.0.publicKey.validFor", () => ({ end: "2024-01-01T00:00:00Z" })],
  ])("is refused under a root without %s", async (_name, path, change) => {
    expect(await judge(document, withField(rootDocument, path, change))).toEqual(refused)
  })
})

describe("keyless signatures of images", () => {
  const sigstore = createFakeSigstore()
  const at = new Date("2026-03-01T12:00:00Z")
  const signer = { subject: "dev@acme.example", issuer: "https://accounts.acme.example", at }
  const trust = { keys: [], root: readTrustRoot(sigstore.trustRoot) }
  const image: Descriptor = dockerImage(createMemoryTarget())
  const statement = signStatement(image.digest)
  const payload = simpleSigningPayload("acme.example/w", image.digest)

  const inBundle = (json: object): FoundSignature => ({
    form: "bundle",
    subject: image,
    json: Buffer.from(JSON.stringify(json)),
  })
  const classic = (annotations: Readonly<Record<string, string>>, signed = payload): FoundSignature => ({
    form: "cosign",
    subject: image,
    payload: signed,
    signature: Buffer.from(annotations[simpleSigningAnnotations.signature] ?? "", "base64"),
    certificate: annotations[simpleSigningAnnotations.certificate] ?? "",
    rekor: annotations[simpleSigningAnnotations.rekor] ?? "",
  })

  it.each(["dev@acme.example", "https://ci.acme.example/build.yml@refs/heads/main"])(
    "of %s are right in both forms",
    async (subject) => {
      const who = { ...signer, subject }
      const certificate = { kind: "certificate", subject, issuer: signer.issuer }
      const bundled = inBundle(fakeBundle(statement, sigstore.signStatement(statement, who)))
      expect(await verifySignature(bundled, trust)).toMatchObject({
        isRight: true,
        signer: certificate,
        claim: { predicateType: signPredicate },
      })
      const tagged = classic(fakeAnnotations(sigstore.signPayload(payload, who)))
      expect(await verifySignature(tagged, trust)).toMatchObject({ isRight: true, signer: certificate })
    },
  )

  it("are wrong without a trust root, under another, and without certificate timestamp", async () => {
    const good = [
      inBundle(fakeBundle(statement, sigstore.signStatement(statement, signer))),
      classic(fakeAnnotations(sigstore.signPayload(payload, signer))),
    ]
    const other = readTrustRoot(createFakeSigstore().trustRoot)
    const unlogged = { ...signer, hasSct: false }
    const bad = [
      inBundle(fakeBundle(statement, sigstore.signStatement(statement, unlogged))),
      classic(fakeAnnotations(sigstore.signPayload(payload, unlogged))),
    ]
    for (const each of good) {
      expect(await verifySignature(each, { keys: [] })).toMatchObject({
        isRight: false,
        reason: expect.stringContaining("no trust root"),
      })
      expect(await verifySignature(each, { keys: [], root: other })).toMatchObject({ isRight: false })
    }
    for (const each of bad)
      expect(await verifySignature(each, trust)).toMatchObject({
        isRight: false,
        reason: expect.stringContaining("SCT"),
      })
  })

  it("are wrong when they were logged after the certificate ended", async () => {
    const late = { ...signer, loggedAt: new Date(at.getTime() + 3_600_000) }
    for (const each of [
      inBundle(fakeBundle(statement, sigstore.signStatement(statement, late))),
      classic(fakeAnnotations(sigstore.signPayload(payload, late))),
    ]) {
      expect(await verifySignature(each, trust)).toMatchObject({
        isRight: false,
        reason: expect.stringContaining("certificate chain"),
      })
    }
  })

  it("are wrong for another image, another payload and without their parts", async () => {
    const other = signStatement(`sha256:${"0".repeat(64)}`)
    const bundled = inBundle(fakeBundle(other, sigstore.signStatement(other, signer)))
    expect(await verifySignature(bundled, trust)).toMatchObject({
      isRight: false,
      reason: expect.stringContaining("another image"),
    })
    const annotations = fakeAnnotations(sigstore.signPayload(payload, signer))
    const altered = simpleSigningPayload("acme.example/other", image.digest)
    expect(await verifySignature(classic(annotations, altered), trust)).toMatchObject({ isRight: false })
    for (const part of [
      simpleSigningAnnotations.rekor,
      simpleSigningAnnotations.certificate,
      simpleSigningAnnotations.signature,
    ]) {
      for (const value of ["", "{}", "text"]) {
        expect(await verifySignature(classic({ ...annotations, [part]: value }), trust)).toMatchObject({
          isRight: false,
        })
      }
    }
  })
})

describe("readTrustRoot", () => {
  const document = JSON.parse(vector("public-good-root.json").toString()) as object
  it.each<[string, string, (value: unknown) => unknown, string]>([
    ["another document", "mediaType", () => "application/json", "mediaType"],
    ["a list that is none", "tlogs", () => ({}), "tlogs"],
    ["more entries than there are instances", "tlogs", (list) => Array(101).fill((list as unknown[])[0]), "tlogs"],
    ["an entry that is none", "ctlogs.0", () => 1, "ctlogs[0]"],
    ["a log without key", "tlogs.0.publicKey", () => undefined, "tlogs[0].publicKey.rawBytes"],
    ["a log without name", "tlogs.0.logId", () => ({}), "tlogs[0].logId.keyId"],
    [
      "an authority without chain",
      "certificateAuthorities.0.certChain",
      () => undefined,
      "certificateAuthorities[0].certChain",
    ],
    ["an authority with an empty chain", "certificateAuthorities.0.certChain.certificates", () => [], "certChain"],
    [
      "a certificate that is none",
      "certificateAuthorities.0.certChain.certificates.0.rawBytes",
      () => "AAAA",
      "certificates[0]",
    ],
    ["a time that is none", "certificateAuthorities.0.validFor.start", () => "yesterday", "validFor.start"],
  ])("refuses %s and names the field", (_name, path, change, field) => {
    const bytes = Buffer.from(JSON.stringify(withField(document, path, change)))
    expect(() => readTrustRoot(bytes)).toThrow(
      expect.objectContaining({ code: "ATT_SIGNATURE_TRUST_ROOT", message: expect.stringContaining(field) }),
    )
  })

  it.each(["", "{", "[]", "null", " ".repeat(2_000_000)])("refuses %.10j", (text) => {
    expect(() => readTrustRoot(Buffer.from(text))).toThrow(
      expect.objectContaining({ code: "ATT_SIGNATURE_TRUST_ROOT" }),
    )
  })
})
