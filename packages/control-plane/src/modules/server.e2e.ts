// Modules from the module server on a real Envoy, which reads none of the store's files.
import { writeFileSync } from "node:fs"
import { Secret } from "@attache/base"
import { describe, expect, it, onTestFinished } from "vitest"
import { guestPolicy, type ImageSite, imageSite, moduleFolder, patience } from "../../test/image-site.ts"
import { privateImages, registries, swapsOf } from "../../test/image-world.ts"
import { hostSettings } from "../../test/resources.ts"
import { placeAtServer } from "./place.ts"
import { serveModules } from "./server.ts"
import { createModuleStore } from "./store.ts"

describe.each(registries)("$name", (kind) => {
  it.skipIf(kind.reason !== undefined)(
    "gives modules that are swapped under load, also when a file was lost",
    async () => {
      const images = await privateImages(kind)
      const folder = await moduleFolder()
      const store = createModuleStore(folder)
      const key = new Secret(Buffer.from("a key"))
      let site: ImageSite | undefined
      const server = await serveModules({
        store,
        key,
        address: { host: "127.0.0.1", port: 0 },
        restore: (sha256, signal) => site?.modules.restore(sha256, signal) ?? Promise.resolve(false),
      })
      onTestFinished(() => server.close())
      const place = placeAtServer(`http://127.0.0.1:${server.port}`, key)
      // What Envoy will ask for is damaged as soon as it is told of it.
      const placeDamaged: typeof place = (module) => {
        writeFileSync(module.path, "lost")
        return place(module)
      }
      let isDamaging = false
      await images.push("v0", "guest-0")
      site = await imageSite(images, guestPolicy(images, ":v0"), {
        moduleFolder: folder,
        settings: { ...hostSettings, moduleServer: { host: "127.0.0.1", port: server.port, isPlainHttp: true } },
        modules: { store, place: (module) => (isDamaging ? placeDamaged : place)(module) },
      })
      await expect.poll(site.guest, patience).toBe("guest-0")
      const loads = [site.plainLoad(), site.wasmLoad((name) => /^guest-\d+$/.test(name))]
      for (let i = 1; i <= swapsOf(kind); i++) {
        isDamaging = i % 2 === 0
        await images.push(`v${i}`, `guest-${i}`)
        site.attach(guestPolicy(images, `:v${i}`))
        await expect.poll(site.guest, patience).toBe(`guest-${i}`)
      }
      for (const each of loads) expect(await each.stop()).toEqual([])
    },
  )
})
