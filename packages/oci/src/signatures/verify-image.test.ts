import { createPublicKey, generateKeyPairSync } from "node:crypto"
import { describe, expect, it } from "vitest"
import { bytesOf } from "../../test/byte-streams.ts"
import { dockerImage, smallestWasm } from "../../test/layout-fixtures.ts"
import { createMemoryTarget, type MemoryTarget } from "../../test/memory-target.ts"
import { signedByCosign, vector } from "../../test/signature-vectors.ts"
import { packBytes } from "../archive/pack-file.ts"
import type { Descriptor, Manifest } from "../content/descriptor.ts"
import { openModule } from "../formats/open-module.ts"
import { readExtension } from "../formats/read-extension.ts"
import { writeExtension } from "../formats/write-extension.ts"
import { writeExtensionIndex } from "../formats/write-index.ts"
import { readPublicKey, signWith, trustedKey } from "./keys.ts"
import { createKeyPair } from "./private-key.ts"
import { bundleArtifactType, signImage } from "./sign-image.ts"
import { preAuthEncoding, signStatement, statementType } from "./statement.ts"
import { verifyImage } from "./verify-image.ts"

const trust = (...names: readonly string[]) => ({
  keys: names.map((name) => readPublicKey(vector(`${name}.pub`).toString())),
})

describe("signatures by cosign", () => {
  it.each(["ecdsa", "rsa"])("of an %s key are right, classic and in a bundle", async (name) => {
    const { target, image } = await signedByCosign()
    const { found, signatures } = await verifyImage(target, [image], trust(name))
    expect(found).toBe(6)
    const signer = { kind: "key", fingerprint: trust(name).keys[0]?.fingerprint }
    expect(signatures).toMatchObject([
      { form: "cosign", digest: image.digest, signer, version: "1.0.0" },
      { form: "bundle", digest: image.digest, signer, version: "1.0.0" },
    ])
  })

  it("of an Ed25519 key are over a hash of the payload (Ed25519ph), which cosign does not verify either", async () => {
    const { target, image } = await signedByCosign()
    expect((await verifyImage(target, [image], trust("ed25519"))).signatures).toEqual([])
  })

  it("are wrong for another key", async () => {
    const { target, image } = await signedByCosign()
    const keys = [trustedKey(createKeyPair().publicKey)]
    expect(await verifyImage(target, [image], { keys })).toEqual({
      found: 6,
      signatures: [],
      problems: ["it is not of a key that is given, or was altered"],
    })
    expect((await verifyImage(target, [image], { keys: [] })).problems).toEqual(["it is of a key, and none is given"])
  })
})

const plugin = packBytes("plugin.wasm", smallestWasm)

async function imageIn(target: MemoryTarget, version = "1.2.3"): Promise<Descriptor> {
  return writeExtension(target, { kind: "wasm", name: "w", version, files: [plugin] })
}

describe("signImage", () => {
  it.each([
    ["ECDSA", generateKeyPairSync("ec", { namedCurve: "prime256v1" })],
    ["Ed25519", generateKeyPairSync("ed25519")],
    ["RSA", generateKeyPairSync("rsa", { modulusLength: 2048 })],
  ])("writes both forms with an %s key, and keeps what is there", async (_name, { privateKey, publicKey }) => {
    const target = createMemoryTarget()
    const image = await imageIn(target)
    const other = createKeyPair()
    await signImage(target, image, { key: other.privateKey })
    await signImage(target, image, { key: privateKey, annotations: { version: "1.3.0" }, signedAt: new Date(0) })
    const { found, signatures } = await verifyImage(target, [image], { keys: [trustedKey(publicKey)] })
    expect(found).toBe(4)
    expect(signatures).toMatchObject([
      { form: "cosign", version: "1.3.0", annotations: { version: "1.3.0" } },
      { form: "bundle", version: "1.3.0", annotations: { version: "1.3.0" } },
    ])
    const both = { keys: [other.publicKey, publicKey].map(trustedKey) }
    expect((await verifyImage(target, [image], both)).signatures).toHaveLength(4)
  })

  it("writes one form alone", async () => {
    for (const form of ["cosign", "bundle"] as const) {
      const target = createMemoryTarget()
      const image = await imageIn(target)
      const { privateKey, publicKey } = createKeyPair()
      expect(await signImage(target, image, { key: privateKey, forms: [form] })).toHaveLength(1)
      const { signatures } = await verifyImage(target, [image], { keys: [trustedKey(publicKey)] })
      expect(signatures.map((each) => each.form)).toEqual([form])
    }
  })

  it("of an index counts for its manifests, and not the other way", async () => {
    const target = createMemoryTarget()
    const image = await imageIn(target)
    const index = await writeExtensionIndex(target, [image])
    const { privateKey, publicKey } = createKeyPair()
    await signImage(target, index, { key: privateKey })
    const keys = [trustedKey(publicKey)]
    expect((await verifyImage(target, [index, image], { keys })).signatures).toHaveLength(2)
    expect((await verifyImage(target, [image], { keys })).found).toBe(0)
  })

  it("does not help an image of which a layer was altered: that is refused when it is read", async () => {
    const target = createMemoryTarget()
    const image = await imageIn(target)
    const { privateKey, publicKey } = createKeyPair()
    await signImage(target, image, { key: privateKey })
    const { digest = "" } = documentOf(target, image).layers[0] ?? {}
    const other = Buffer.from(target.blobs.get(digest) ?? [])
    other[4] = 1
    target.blobs.set(digest, other)
    expect((await verifyImage(target, [image], { keys: [trustedKey(publicKey)] })).signatures).toHaveLength(2)
    const read = async (): Promise<Buffer> => {
      const { content } = await openModule(target, await readExtension(target, image))
      return bytesOf(content)
    }
    await expect(read()).rejects.toMatchObject({ code: "ATT_OCI_DIGEST" })
  })

  it("refuses a key of a kind that is not used", async () => {
    const target = createMemoryTarget()
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "secp384r1" })
    await expect(signImage(target, await imageIn(target), { key: privateKey })).rejects.toMatchObject({
      code: "ATT_SIGNATURE_KEY",
    })
  })
})

describe("signatures that do not count", () => {
  const { privateKey, publicKey } = createKeyPair()
  const keys = [trustedKey(publicKey)]

  /** Signs one image, and puts the signatures beside another, with changes. */
  async function moved(change: (manifest: Manifest, target: MemoryTarget) => object, form: "cosign" | "bundle") {
    const target = createMemoryTarget()
    const image = await imageIn(target)
    const [written] = await signImage(target, image, { key: privateKey, forms: [form] })
    const manifest = documentOf(target, written)
    if (written !== undefined) await target.delete(written)
    const changed = target.put(
      { ...manifest, ...change(manifest, target) },
      "application/vnd.oci.image.manifest.v1+json",
    )
    if (form === "cosign") await target.tag(changed, `${image.digest.replace(":", "-")}.sig`)
    return verifyImage(target, [image], { keys })
  }

  it("are those of another image", async () => {
    const target = createMemoryTarget()
    const [mine, other] = [await imageIn(target, "1.0.0"), await imageIn(target, "2.0.0")]
    await signImage(target, other, { key: privateKey, forms: ["cosign"] })
    await target.tag(
      await target.resolve(`${other.digest.replace(":", "-")}.sig`),
      `${mine.digest.replace(":", "-")}.sig`,
    )
    expect(await verifyImage(target, [mine], { keys })).toMatchObject({
      found: 1,
      signatures: [],
      problems: [expect.stringContaining("it is about another image")],
    })
  })

  it("are those whose signature was altered", async () => {
    const verification = await moved(
      ({ layers }) => ({
        layers: layers.map((layer) => ({
          ...layer,
          annotations: { "dev.cosignproject.cosign/signature": Buffer.from("signature").toString("base64") },
        })),
      }),
      "cosign",
    )
    expect(verification).toMatchObject({ found: 1, signatures: [] })
  })

  it.each<[string, string]>([
    ["are bundles that are no bundle", "{}"],
    ["are bundles that are no JSON", "{"],
    ["are bundles that are null", "null"],
    [
      "are bundles of a blob",
      JSON.stringify({
        mediaType: bundleArtifactType,
        verificationMaterial: { publicKey: { hint: "x" } },
        messageSignature: { messageDigest: { algorithm: "SHA2_256", digest: "AAAA" }, signature: "AAAA" },
      }),
    ],
    ["are bundles of another payload", JSON.stringify(bundle(Buffer.from("hello"), "text/plain"))],
    ["are bundles of a statement that is none", JSON.stringify(bundle(Buffer.from("{}")))],
    ["are bundles with two signatures", JSON.stringify(bundle(Buffer.from("{}"), statementType, 2))],
  ])("%s", async (_name, json) => {
    const { found, signatures, problems } = await moved(
      (_manifest, target) => ({ layers: [target.put(json, bundleArtifactType)] }),
      "bundle",
    )
    expect([found, signatures, problems.length]).toEqual([1, [], 1])
  })

  it("are attestations of something else", async () => {
    const { signatures, problems } = await moved(({ subject }, target) => {
      const statement = JSON.parse(Buffer.from(signStatement(subject?.digest ?? "")).toString())
      const scan = Buffer.from(
        JSON.stringify({ ...statement, predicateType: "https://cosign.sigstore.dev/attestation/vuln/v1" }),
      )
      return { layers: [target.put(bundle(scan), bundleArtifactType)] }
    }, "bundle")
    expect([signatures, problems]).toEqual([[], ["it is an attestation of something else"]])
  })

  it("are referrers of another image", async () => {
    const { found } = await moved((_manifest, target) => {
      const other = dockerImage(target)
      const originally = target.referrers
      target.referrers = () => originally(other)
      return { subject: other }
    }, "bundle")
    expect(found).toBe(0)
  })

  it("are layers that are too large, are not there, or have other bytes", async () => {
    const layer = { mediaType: bundleArtifactType, digest: `sha256:${"1".repeat(64)}`, size: 10 }
    expect((await moved(() => ({ layers: [layer] }), "bundle")).found).toBe(0)
    expect((await moved(() => ({ layers: [{ ...layer, size: 10_000_000 }] }), "bundle")).found).toBe(0)
    expect(
      (
        await moved((_manifest, target) => {
          target.blobs.set(layer.digest, Buffer.alloc(10))
          return { layers: [layer] }
        }, "bundle")
      ).found,
    ).toBe(0)
  })

  it("do not include failures of the registry, which are told", async () => {
    const target = createMemoryTarget()
    const image = await imageIn(target)
    const down = Object.assign(new Error("down"), { code: "ATT_HTTP_UNREACHABLE" })
    target.referrers = () => Promise.reject(down)
    await expect(verifyImage(target, [image], { keys })).rejects.toBe(down)
  })

  function bundle(payload: Buffer, payloadType = statementType, count = 1): object {
    const sig = Buffer.from(signWith(privateKey, preAuthEncoding(payloadType, payload))).toString("base64")
    const hint = trustedKey(createPublicKey(privateKey)).fingerprint
    return {
      mediaType: bundleArtifactType,
      verificationMaterial: { publicKey: { hint } },
      dsseEnvelope: { payload: payload.toString("base64"), payloadType, signatures: Array(count).fill({ sig }) },
    }
  }
})

function documentOf(target: MemoryTarget, descriptor: Descriptor | undefined): Manifest {
  return JSON.parse(Buffer.from(target.blobs.get(descriptor?.digest ?? "") ?? "{}").toString()) as Manifest
}
