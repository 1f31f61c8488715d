// Private images of a real registry on a real Envoy: swapped under load, through outages, damage and refusals.
import { appendFile, readdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { guestPolicy, imageSite, moduleFolder, patience } from "../test/image-site.ts"
import { minutes, privateImages, registries, swapsOf } from "../test/image-world.ts"

const pullSecretRef = { name: "pull" }
const isSwapped = (name: string): boolean => /^guest-\d+$/.test(name)
const unreachable = /[Cc]ould not fetch Wasm OCI image/

describe.each(registries)("$name", (kind) => {
  const swaps = swapsOf(kind)
  describe.skipIf(kind.reason !== undefined)("images of a private registry", () => {
    it(`are swapped ${swaps} times under load without a failed request`, { timeout: 600_000 }, async () => {
      const images = await privateImages(kind)
      await images.push("v0", "guest-0")
      const site = await imageSite(images, guestPolicy(images, ":v0"))
      await expect.poll(site.guest, patience).toBe("guest-0")
      const loads = [site.plainLoad(), site.wasmLoad(isSwapped)]
      for (let i = 1; i <= swaps; i++) {
        const before = loads.map((each) => each.count())
        await images.push(`v${i}`, `guest-${i}`)
        site.attach(guestPolicy(images, `:v${i}`))
        await expect.poll(site.guest, patience).toBe(`guest-${i}`)
        for (const [at, each] of loads.entries())
          await expect.poll(each.count, patience).toBeGreaterThan((before[at] ?? 0) + 20)
      }
      for (const each of loads) expect(await each.stop()).toEqual([])
      expect(site.status()).toContain('"Accepted"')
      expect(site.report().refusals).toEqual([])
    })

    it("heal alone when the registry is down for minutes, at the start and in the middle, and cost nobody else anything", async () => {
      const images = await privateImages(kind)
      await images.push("v1", "one")
      for (const tag of ["two", "three"]) await images.push(tag, tag)
      images.setDown(true)
      const site = await imageSite(images, guestPolicy(images, ":v1"))
      await expect.poll(async () => (await site.get("/plain"))?.status, patience).toBe(200)
      const plain = site.plainLoad()
      await expect.poll(site.status, patience).toMatch(unreachable)
      await minutes(3)
      expect(await site.wasmStatus(), "fails closed").toBe(500)
      expect(site.status()).toMatch(unreachable)
      const attempts = images.turnedAway()
      expect(attempts, "tried again").toBeGreaterThan(3)
      expect(attempts, "after pauses that grow").toBeLessThan(60)
      images.setDown(false)
      await expect.poll(site.guest, patience).toBe("one")
      await expect.poll(site.status, patience).not.toMatch(unreachable)

      const wasm = site.wasmLoad()
      for (const [how, tag, before] of [
        [true, "two", "one"],
        ["silent", "three", "two"],
      ] as const) {
        images.setDown(how)
        site.attach(guestPolicy(images, `:${tag}`))
        await expect.poll(site.status, patience).toMatch(how === true ? unreachable : /"Pending"/)
        await minutes(3)
        expect(await site.guest(), "the old one works on").toBe(before)
        expect(site.status()).toContain('"False"')
        images.setDown(false)
        await expect.poll(site.guest, patience).toBe(tag)
        await expect.poll(site.status, patience).not.toContain('"False"')
      }
      expect([await plain.stop(), await wasm.stop()]).toEqual([[], []])
    })

    it("are there after a restart without the registry, also those that are always asked for", async () => {
      const images = await privateImages(kind)
      await images.push("v1", "one")
      const always = guestPolicy(images, ":v1", { pullSecretRef }, { pullPolicy: "Always" })
      const site = await imageSite(images, always)
      await expect.poll(site.guest, patience).toBe("one")
      await site.controlPlane.close()
      images.setDown(true)
      const next = await imageSite(images, always, { moduleFolder: site.moduleFolder })
      await expect.poll(next.guest, patience).toBe("one")
      await expect.poll(next.status, patience).toMatch(unreachable)
      await images.push("v1", "moved")
      images.setDown(false)
      await expect.poll(next.guest, patience).toBe("moved")
      expect(next.status()).not.toMatch(unreachable)
    })

    it("are repaired when the store is corrupted, at a start and while they are in use", async () => {
      const images = await privateImages(kind)
      await images.push("v1", "one")
      const folder = await moduleFolder()
      const damage = async () => {
        const names = (await readdir(folder)).filter((name) => name !== "key")
        expect(names.length).toBeGreaterThan(2)
        for (const name of names) await appendFile(join(folder, name), "x")
      }
      const policy = guestPolicy(images, ":v1")
      const site = await imageSite(images, policy, { moduleFolder: folder })
      await expect.poll(site.guest, patience).toBe("one")
      await site.controlPlane.close()
      await damage()
      const next = await imageSite(images, policy, { moduleFolder: folder })
      await expect.poll(next.guest, patience).toBe("one")
      const loads = [next.plainLoad(), next.wasmLoad()]
      const [name = ""] = (await readdir(folder)).filter((each) => each.endsWith(".wasm"))
      await writeFile(join(folder, name), "nothing of it is left")
      await next.modules.restoreAll(new AbortController().signal)
      next.attach(guestPolicy(images, ":v1", { pullSecretRef }, {}, { config: { changed: true } }))
      const isSent = () => next.report().proxies[0]?.envoys[0]?.isInSync
      await expect.poll(() => JSON.stringify(next.controlPlane.translator.plan()), patience).toContain("changed")
      await expect.poll(isSent, patience).toBe(true)
      expect([await next.guest(), next.report().refusals]).toEqual(["one", []])
      for (const each of loads) expect(await each.stop()).toEqual([])
    })

    it("whose files were damaged when Envoy read them are tried again when they are whole", async () => {
      const images = await privateImages(kind)
      await images.push("v1", "one")
      const site = await imageSite(images, guestPolicy(images, ":v1"))
      await expect.poll(site.guest, patience).toBe("one")
      const loads = [site.plainLoad(), site.wasmLoad()]
      const [name = ""] = (await readdir(site.moduleFolder)).filter((each) => each.endsWith(".wasm"))
      await writeFile(join(site.moduleFolder, name), "nothing of it is left")
      images.setDown(true)
      site.attach(guestPolicy(images, ":v1", { pullSecretRef }, {}, { config: { changed: true } }))
      const refusals = () => site.report().refusals.map(({ message }) => message)
      await expect.poll(refusals, patience).toEqual([expect.stringContaining("Unable to create Wasm plugin")])
      const { signal } = new AbortController()
      await site.modules.restoreAll(signal)
      expect(refusals(), "the registry is away").toHaveLength(1)
      images.setDown(false)
      await site.modules.restoreAll(signal)
      await expect.poll(refusals, patience).toEqual([])
      await expect.poll(() => site.report().proxies[0]?.envoys[0]?.isInSync, patience).toBe(true)
      expect(await site.guest()).toBe("one")
      for (const each of loads) expect(await each.stop()).toEqual([])
    })

    it("with a wrong digest, a wrong login or none are refused on their own route alone, and heal", async () => {
      const images = await privateImages(kind)
      const { digest } = await images.push("v1", "one")
      const right = guestPolicy(images, ":v1", { pullSecretRef, sha256: digest.slice("sha256:".length) })
      const site = await imageSite(images, right)
      await expect.poll(site.guest, patience).toBe("one")
      const plain = site.plainLoad()
      const refused: readonly (readonly [string, RegExp])[] = [
        [guestPolicy(images, ":v1", { pullSecretRef, sha256: "0".repeat(64) }), /which does not match: 0{64}/],
        [guestPolicy(images, `@${digest}`, {}), /[Cc]ould not fetch Wasm OCI image: .*401/],
        [guestPolicy(images, ":nowhere"), /[Cc]ould not fetch Wasm OCI image: .*404/],
      ]
      for (const [text, status] of refused) {
        site.attach(text)
        await expect.poll(site.status, patience).toMatch(status)
        if (!text.includes("nowhere")) await expect.poll(site.wasmStatus, patience).toBe(500)
        site.attach(right)
        await expect.poll(site.guest, patience).toBe("one")
      }
      site.attach(guestPolicy(images, ":later"))
      await expect.poll(site.status, patience).toMatch(/404/)
      await images.push("later", "later")
      await expect.poll(site.guest, patience).toBe("later")
      expect(await plain.stop()).toEqual([])
    })
  })
})
