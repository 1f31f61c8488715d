// A signature policy on a real Envoy: what it refuses is refused on its own route alone, with its reason, and heals.
import { createKeyPair, type Descriptor, type SignatureRule, signImage, type Target, trustedKey } from "@attache/oci"
import { describe, expect, it } from "vitest"
import { guestPolicy, imageSite, moduleFolder, patience } from "../../test/image-site.ts"
import { type PrivateImages, privateImages, registries } from "../../test/image-world.ts"
import { createSignatureJudge } from "./signature-judge.ts"

const pullSecretRef = { name: "pull" }
const always = { pullPolicy: "Always" }

/** A signer with a key of its own. */
function signer() {
  const { privateKey, publicKey } = createKeyPair()
  const sign = (target: Target, subject: Descriptor) => signImage(target, subject, { key: privateKey })
  return { trusted: trustedKey(publicKey), sign }
}
const [ours, theirs] = [signer(), signer()]

/** Takes what we signed. */
function judge(images: PrivateImages, rule: Partial<SignatureRule> = {}, otherwise: "accept" | "refuse" = "refuse") {
  const keys = [ours.trusted.fingerprint]
  const rules = [{ repository: `${images.host}/team/*`, signed: "required" as const, keys, ...rule }]
  return { signatures: createSignatureJudge({ rules, otherwise }, { keys: [ours.trusted, theirs.trusted] }) }
}

/** Puts the signatures of an image where those of another one are looked for. */
async function copySignatures(target: Target, from: Descriptor, to: Descriptor): Promise<void> {
  const tagOf = ({ digest }: Descriptor): string => `${digest.replace(":", "-")}.sig`
  await target.tag(await target.resolve(tagOf(from)), tagOf(to))
}

/** The layer of an image that holds the module. */
async function layerOf(target: Target, image: Descriptor): Promise<string> {
  const { bytes } = await target.fetchManifest(image)
  const { layers } = JSON.parse(Buffer.from(bytes).toString("utf8")) as { layers: readonly Descriptor[] }
  return layers.at(-1)?.digest ?? ""
}

describe.each(registries)("$name", (kind) => {
  describe.skipIf(kind.reason !== undefined)("images under a signature policy", () => {
    it("are refused as long as nobody has signed them, or only others, or with signatures of another image", async () => {
      const images = await privateImages(kind)
      const { target } = images
      const image = await images.push("v1", "one")
      const site = await imageSite(images, guestPolicy(images, ":v1"), { modules: judge(images) })
      await expect.poll(async () => (await site.get("/plain"))?.status, patience).toBe(200)
      const plain = site.plainLoad()
      await expect.poll(site.status, patience).toMatch(/"status":"False".*is not signed \(sha256:/)
      expect(await site.wasmStatus()).toBe(500)
      await theirs.sign(target, image)
      await expect.poll(site.status, patience).toMatch(/is signed by key [0-9a-f]{16}, whom no rule accepts/)
      expect(await site.wasmStatus()).toBe(500)
      await ours.sign(target, image)
      await expect.poll(site.guest, patience).toBe("one")
      await expect.poll(site.status, patience).toMatch(/"Accepted"/)
      expect(site.status()).not.toContain('"False"')

      const other = await images.push("v2", "two")
      await copySignatures(target, image, other)
      site.attach(guestPolicy(images, ":v2"))
      await expect.poll(site.status, patience).toMatch(/no signature of the image in .* is right: /)
      await expect.poll(site.wasmStatus, patience).toBe(500)
      await ours.sign(target, other)
      await expect.poll(site.guest, patience).toBe("two")
      expect(plain.count()).toBeGreaterThan(0)
      expect([await plain.stop(), site.report().refusals]).toEqual([[], []])
    })

    it("are refused when a layer of what was signed comes altered, and taken when it comes right", async () => {
      const images = await privateImages(kind)
      const image = await images.push("v1", "one")
      await ours.sign(images.target, image)
      const layer = await layerOf(images.target, image)
      images.alter(layer)
      const site = await imageSite(images, guestPolicy(images, ":v1"), { modules: judge(images) })
      await expect.poll(async () => (await site.get("/plain"))?.status, patience).toBe(200)
      const plain = site.plainLoad()
      await expect.poll(site.status, patience).toMatch(/"status":"False".*[Cc]ould not fetch Wasm binary: .*digest/)
      expect(await site.wasmStatus()).toBe(500)
      images.alter()
      await expect.poll(site.guest, patience).toBe("one")
      await expect.poll(site.status, patience).not.toContain('"False"')
      expect([await plain.stop(), site.report().refusals]).toEqual([[], []])
    })

    it("of an old version are refused under the tag of a new one, however well they are signed", async () => {
      const images = await privateImages(kind)
      const { target } = images
      const publish = async (tag: string, name: string, version: string): Promise<Descriptor> => {
        const image = await images.push(tag, name, version)
        await ours.sign(target, image)
        return image
      }
      const old = await publish("v1", "one", "1.9.0")
      const stable = await publish("stable", "two", "2.0.0")
      const policy = (config: number) =>
        guestPolicy(images, ":stable", { pullSecretRef }, always, { config: { config } })
      const site = await imageSite(images, policy(1), { modules: judge(images, { minimumVersion: "2.0.0" }) })
      await expect.poll(site.guest, patience).toBe("two")
      const plain = site.plainLoad()
      await target.tag(old, "stable")
      site.attach(policy(2))
      await expect.poll(site.status, patience).toMatch(/is of version 1\.9\.0, and 2\.0\.0 is the oldest accepted/)
      await expect.poll(site.wasmStatus, patience).toBe(500)
      await target.tag(stable, "stable")
      await expect.poll(site.guest, patience).toBe("two")
      await target.tag(old, "stable")
      site.attach(policy(3))
      await expect.poll(site.wasmStatus, patience).toBe(500)
      await publish("stable", "three", "2.1.0")
      await expect.poll(site.guest, patience).toBe("three")
      expect([await plain.stop(), site.report().refusals]).toEqual([[], []])
    })

    it("are judged anew when the policy changes, also those that are in the store and without the registry", async () => {
      const images = await privateImages(kind)
      const image = await images.push("v1", "one")
      const folder = await moduleFolder()
      const policy = guestPolicy(images, ":v1")
      const site = await imageSite(images, policy, { moduleFolder: folder })
      await expect.poll(site.guest, patience).toBe("one")
      await site.controlPlane.close()

      images.setDown(true)
      const strict = await imageSite(images, policy, { moduleFolder: folder, modules: judge(images) })
      await expect.poll(async () => (await strict.get("/plain"))?.status, patience).toBe(200)
      const plain = strict.plainLoad()
      await expect.poll(strict.status, patience).toMatch(/[Cc]ould not fetch/)
      expect(await strict.wasmStatus(), "nobody knows who signed it").toBe(500)
      images.setDown(false)
      await expect.poll(strict.status, patience).toMatch(/is not signed/)
      expect(await strict.wasmStatus()).toBe(500)
      await ours.sign(images.target, image)
      await expect.poll(strict.guest, patience).toBe("one")
      expect(await plain.stop()).toEqual([])
      await strict.controlPlane.close()

      images.setDown(true)
      const again = await imageSite(images, policy, { moduleFolder: folder, modules: judge(images) })
      await expect.poll(again.guest, patience).toBe("one")
    })
  })
})
