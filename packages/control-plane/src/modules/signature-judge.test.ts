import { createKeyPair, type SignatureRule, signImage, type Target, trustedKey } from "@attache/oci"
import type { WasmRequest } from "@attache/translate"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { imageRegistry } from "../../test/image-registry.ts"
import { moduleOf, moduleWorld } from "../../test/module-world.ts"
import { createSignatureJudge } from "./signature-judge.ts"

vi.setConfig({ testTimeout: 30_000 })

/** A signer with a key of its own. */
function keyOf() {
  const { privateKey, publicKey } = createKeyPair()
  const sign = async (target: Target, tag: string): Promise<void> => {
    await signImage(target, await target.resolve(tag), { key: privateKey, forms: ["cosign"] })
  }
  return { trusted: trustedKey(publicKey), sign }
}

async function setUp() {
  const [world, registry] = [await moduleWorld(), await imageRegistry()]
  onTestFinished(async () => {
    await registry[Symbol.asyncDispose]()
    await world[Symbol.asyncDispose]()
  })
  const [ours, theirs] = [keyOf(), keyOf()]
  const demand = (rule: Partial<SignatureRule>, otherwise: "accept" | "refuse" = "refuse") => {
    const rules = [{ repository: `${registry.host}/team/*`, signed: "required" as const, ...rule }]
    world.restart({ signatures: createSignatureJudge({ rules, otherwise }, { keys: [ours.trusted, theirs.trusted] }) })
  }
  const image = (reference: string): WasmRequest => ({ type: "Image", url: `oci://${registry.host}/${reference}` })
  return { ...world, registry, ours, theirs, demand, image }
}

describe("a signature policy", () => {
  it("takes what the right key signed, and says what is wrong with the rest", async () => {
    const world = await setUp()
    const { registry, ours, theirs } = world
    const target = registry.target("team/filter")
    await registry.push("team/filter", "v1", moduleOf("one"))
    const refusal = (code: string) => expect.objectContaining({ code, retry: "later" })
    const keys = [ours.trusted.fingerprint]
    world.demand({ keys })
    const missing = world.start(world.image("team/filter:v1"))
    await expect(missing.result).rejects.toThrow(refusal("ATT_SIGNATURE_MISSING"))
    expect(missing.meanwhile, "what was there before is taken").toEqual([undefined])

    await theirs.sign(target, "v1")
    await expect(world.load(world.image("team/filter:v1"))).rejects.toThrow(refusal("ATT_SIGNATURE_SIGNER"))
    await ours.sign(target, "v1")
    expect(await world.load(world.image("team/filter:v1")), "heals with the signature").toMatchObject({ type: "file" })

    world.demand({ keys, minimumVersion: "2.0.0" })
    const replayed = world.load(world.image("team/filter:v1"))
    await expect(replayed, "what was taken under other rules is judged anew").rejects.toThrow(
      refusal("ATT_SIGNATURE_VERSION"),
    )
    world.demand({ keys: [theirs.trusted.fingerprint] })
    await world.load(world.image("team/filter:v1"))
    await registry.push("other", "v1", moduleOf("two"))
    await expect(world.load(world.image("other:v1"))).rejects.toThrow(refusal("ATT_SIGNATURE_NO_RULE"))
    world.demand({ keys }, "accept")
    await world.load(world.image("other:v1"))
  })

  it("asks again where the registry does not answer for signatures", async () => {
    const world = await setUp()
    await world.registry.push("team/filter", "v1", moduleOf("one"))
    await world.ours.sign(world.registry.target("team/filter"), "v1")
    world.demand({ keys: [world.ours.trusted.fingerprint] })
    world.registry.behaviour.intercept = (request, response) => {
      if (!request.url?.includes("sha256-") && !request.url?.includes("/referrers/")) return false
      response.writeHead(500).end()
      return true
    }
    await expect(world.load(world.image("team/filter:v1"))).rejects.toThrow(expect.objectContaining({ retry: "later" }))
    world.registry.behaviour.intercept = undefined
    await world.load(world.image("team/filter:v1"))
  })
})
