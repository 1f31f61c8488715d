// Signatures both ways: what we sign cosign verifies, and what cosign signs we verify.
import { generateKeyPairSync, type KeyObject } from "node:crypto"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { cosign, runCosign } from "../../test/cosign.ts"
import { type FakeRegistry, fakeRegistry } from "../../test/fake-registry.ts"
import { smallestWasm } from "../../test/layout-fixtures.ts"
import { signedKeyless, vector } from "../../test/signature-vectors.ts"
import { tempFolder } from "../../test/temp-folder.ts"
import { packBytes } from "../archive/pack-file.ts"
import { copy } from "../content/copy.ts"
import type { Descriptor } from "../content/descriptor.ts"
import type { Target } from "../content/target.ts"
import { writeExtension } from "../formats/write-extension.ts"
import { createRegistryClient } from "../registry/client.ts"
import { signatureTag } from "./find-signatures.ts"
import { trustedKey } from "./keys.ts"
import { createKeyPair, encryptPrivateKey } from "./private-key.ts"
import { signImage } from "./sign-image.ts"
import { readTrustRoot } from "./trust-root.ts"
import { verifyImage } from "./verify-image.ts"

const reason = cosign === undefined ? "cosign 3.1 is not installed: " : ""

const forms = ["cosign", "bundle"] as const

/** An image in a registry of this test, as both sides see it. */
interface Setup extends AsyncDisposable {
  readonly registry: FakeRegistry
  readonly target: Target
  readonly image: Descriptor
  /** For cosign. */
  readonly reference: string
  readonly folder: string
}

async function setUp(hasReferrers = true): Promise<Setup> {
  const registry = await fakeRegistry({ hasReferrers })
  const client = createRegistryClient()
  const target = client.repository({ registry: registry.host, repository: "ns/signed" })
  const files = [packBytes("plugin.wasm", smallestWasm)]
  const image = await writeExtension(target, { kind: "wasm", name: "w", version: "1.2.3", files })
  return {
    registry,
    target,
    image,
    reference: `${registry.host}/ns/signed@${image.digest}`,
    folder: tempFolder(),
    async [Symbol.asyncDispose]() {
      client[Symbol.dispose]()
      await registry[Symbol.asyncDispose]()
    },
  }
}

function publicFile(folder: string, key: KeyObject): string {
  const path = join(folder, "key.pub")
  writeFileSync(path, key.export({ type: "spki", format: "pem" }))
  return path
}

const verifying = (form: (typeof forms)[number], ...more: readonly string[]): readonly string[] => [
  "verify",
  ...more,
  `--new-bundle-format=${form === "bundle"}`,
  "--allow-http-registry",
]

it.skipIf(cosign === undefined)(
  `${reason}cosign verifies what we sign with ECDSA and RSA keys, and nothing else`,
  async () => {
    for (const { privateKey, publicKey } of [
      generateKeyPairSync("ec", { namedCurve: "prime256v1" }),
      generateKeyPairSync("rsa", { modulusLength: 2048 }),
    ]) {
      for (const form of forms) {
        const { target, image, reference, folder, ...setup } = await setUp()
        await signImage(target, image, { key: privateKey, forms: [form], annotations: { version: "1.2.3" } })
        const key = ["--key", publicFile(folder, publicKey), "--insecure-ignore-tlog=true"]
        expect(await runCosign([...verifying(form, ...key), reference])).toContain(image.digest)
        const other = ["--key", publicFile(folder, createKeyPair().publicKey), "--insecure-ignore-tlog=true"]
        await expect(runCosign([...verifying(form, ...other), reference])).rejects.toThrow()
        await setup[Symbol.asyncDispose]()
      }
    }
  },
)

it.skipIf(cosign === undefined)(
  `${reason}cosign verifies what we sign with an Ed25519 key, the payload itself`,
  async () => {
    for (const form of forms) {
      const { target, image, reference, folder, ...setup } = await setUp()
      const { privateKey, publicKey } = generateKeyPairSync("ed25519")
      await signImage(target, image, { key: privateKey, forms: [form] })
      const key = ["--key", publicFile(folder, publicKey), "--insecure-ignore-tlog=true"]
      expect(await runCosign([...verifying(form, ...key), reference])).toContain(image.digest)
      await setup[Symbol.asyncDispose]()
    }
  },
)

it.skipIf(cosign === undefined)(`${reason}we verify what cosign signs with a key that we encrypted`, async () => {
  for (const hasReferrers of [true, false]) {
    const { target, image, reference, folder, ...setup } = await setUp(hasReferrers)
    const { privateKey, publicKey } = createKeyPair()
    const path = join(folder, "cosign.key")
    writeFileSync(path, await encryptPrivateKey(privateKey, "secret"))
    const env = { COSIGN_PASSWORD: "secret" }
    const common = ["--key", path, "--allow-http-registry", "-y", reference]
    const classic = ["--use-signing-config=false", "--tlog-upload=false", "--new-bundle-format=false"]
    await runCosign(["sign", ...classic, "-a", "version=2.0.0", ...common], env)
    const config = join(folder, "signing-config.json")
    await runCosign(["signing-config", "create", "--out", config])
    await runCosign(["sign", "--signing-config", config, ...common], env)
    const { signatures } = await verifyImage(target, [image], { keys: [trustedKey(publicKey)] })
    expect(signatures.map(({ form, version }) => [form, version])).toEqual([
      ["cosign", "2.0.0"],
      ["bundle", "1.2.3"],
    ])
    await setup[Symbol.asyncDispose]()
  }
})

it.skipIf(cosign === undefined)(`${reason}both verify keyless signatures under a pinned trust root`, async () => {
  const { target, registry, folder, ...setup } = await setUp()
  const { target: recorded, image } = await signedKeyless()
  const tag = signatureTag(image.digest)
  await copy(recorded, target, image, { referrers: true })
  await copy(recorded, target, await recorded.resolve(tag), { tag })
  const root = join(folder, "trusted_root.json")
  writeFileSync(root, vector("keyless-root.json"))
  const signer = { subject: "dev@acme.example", issuer: "https://accounts.acme.example" }
  const as = (subject: string): readonly string[] => [
    ...["--certificate-identity", subject, "--certificate-oidc-issuer", signer.issuer],
    ...["--trusted-root", root],
  ]
  const reference = `${registry.host}/ns/signed@${image.digest}`
  for (const form of forms) {
    expect(await runCosign([...verifying(form, ...as(signer.subject)), reference]), form).toContain(image.digest)
    await expect(runCosign([...verifying(form, ...as("boss@acme.example")), reference])).rejects.toThrow()
  }
  const trust = { keys: [], root: readTrustRoot(vector("keyless-root.json")) }
  const { signatures } = await verifyImage(target, [image], trust)
  const certificate = { kind: "certificate", ...signer }
  expect(signatures).toMatchObject([
    { form: "cosign", signer: certificate },
    { form: "bundle", signer: certificate },
  ])
  await setup[Symbol.asyncDispose]()
})
