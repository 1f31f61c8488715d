// Private images of a real registry on a real Envoy: swapped under load, through outages, damage and refusals.
import { writeFileSync } from "node:fs"
import { appendFile, readdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Secret } from "@attache/base"
import { afterEach, describe, expect, it, onTestFinished } from "vitest"
import { type EnvoyUnderTest, type EnvoyUnderTestOptions, envoyUnderTest, freePort } from "../test/envoy-under-test.ts"
import { httpServer } from "../test/http-server.ts"
import { hastyClock, type Load, load, type PrivateImages, privateImages, registries } from "../test/image-world.ts"
import { backend, type Document, gateway, hostSettings, imagePolicy, route, stream } from "../test/resources.ts"
import { temporaryDirectory } from "../test/temporary-directory.ts"
import { placeAtServer } from "./modules/place.ts"
import { type ModuleServer, serveModules } from "./modules/server.ts"
import { createModuleStore } from "./modules/store.ts"

const patience = { interval: 10, timeout: 30_000 }
const pullSecretRef = { name: "pull" }

/** Loads of a test that are still running when it fails. */
const loads = new Set<Load>()
afterEach(async () => {
  for (const each of loads) await each.stop()
  loads.clear()
})

/** A backend, and files of a gateway with the routes `/plain`, which nothing is attached to, and `/wasm`. */
async function site(images: PrivateImages, port: number) {
  const server = await httpServer((_request, response) => response.end("backend"))
  onTestFinished(() => server[Symbol.asyncDispose]())
  const routes = [route("plain", "/plain", "b"), route("wasm", "/wasm", "b")]
  return { "1-gateway.yaml": stream(...gateway(port), backend("b", server.port), ...routes, images.secret) }
}

function policy(
  images: PrivateImages,
  suffix: string,
  image: Document = { pullSecretRef },
  code: Document = {},
): string {
  return stream(imagePolicy("p", "wasm", { url: `${images.host}/team/guest${suffix}`, ...image }, code))
}

function start(
  files: Readonly<Record<string, string>>,
  port: number,
  moduleFolder: string,
  more: EnvoyUnderTestOptions = {},
): Promise<EnvoyUnderTest> {
  return envoyUnderTest(files, port, { moduleFolder, clock: hastyClock, ...more })
}

async function folderOf() {
  const folder = await temporaryDirectory()
  onTestFinished(() => folder[Symbol.asyncDispose]())
  return folder.path
}

const guestOf = async (world: EnvoyUnderTest) => (await world.get("/wasm"))?.headers["x-guest"]
const statusOf = (world: EnvoyUnderTest, name = "p") =>
  JSON.stringify(world.controlPlane.translator.status(`EnvoyExtensionPolicy/default/${name}`) ?? "none")

/** Requests that nothing of this may touch. */
function plainLoad(world: EnvoyUnderTest): Load {
  const running = load(world, "/plain", ({ status, body }) => status === 200 && body === "backend")
  loads.add(running)
  return running
}

describe.each(registries)("$name", (kind) => {
  describe.skipIf(kind.reason !== undefined)("images of a private registry", () => {
    // The one that keeps its blobs on disk takes three times as long.
    const swaps = kind.name === "docker-registry" ? 30 : 100

    it(`are swapped ${swaps} times under load without a failed request`, { timeout: 300_000 }, async () => {
      const images = await privateImages(kind)
      const port = await freePort()
      await images.push("v0", "guest-0")
      const files = { ...(await site(images, port)), "2-policy.yaml": policy(images, ":v0") }
      const world = await start(files, port, await folderOf())
      await expect.poll(() => guestOf(world), patience).toBe("guest-0")
      const plain = plainLoad(world)
      const wasm = load(
        world,
        "/wasm",
        ({ status, headers }) => status === 200 && /^guest-\d+$/.test(`${headers["x-guest"]}`),
      )
      loads.add(wasm)
      for (let i = 1; i <= swaps; i++) {
        await images.push(`v${i}`, `guest-${i}`)
        world.write("2-policy.yaml", policy(images, `:v${i}`))
        await expect.poll(() => guestOf(world), patience).toBe(`guest-${i}`)
      }
      expect(plain.count() + wasm.count()).toBeGreaterThan(2 * swaps)
      expect([await plain.stop(), await wasm.stop()]).toEqual([[], []])
      expect(statusOf(world)).toContain('"Accepted"')
      expect(world.report().refusals).toEqual([])
    })

    it("heal alone when the registry is down at the start and in the middle, and cost nobody else anything", async () => {
      const images = await privateImages(kind)
      const port = await freePort()
      await images.push("v1", "one")
      await images.push("v2", "two")
      images.setDown(true)
      const files = { ...(await site(images, port)), "2-policy.yaml": policy(images, ":v1") }
      const folder = await folderOf()
      const world = await start(files, port, folder)
      await expect.poll(async () => (await world.get("/plain"))?.status, patience).toBe(200)
      const plain = plainLoad(world)
      await expect.poll(() => statusOf(world), patience).toMatch(/[Cc]ould not fetch Wasm OCI image/)
      expect(await world.get("/wasm"), "fails closed").toMatchObject({ status: 500 })
      images.setDown(false)
      await expect.poll(() => guestOf(world), patience).toBe("one")
      await expect.poll(() => statusOf(world), patience).not.toMatch(/[Cc]ould not fetch/)

      images.setDown(true)
      const wasm = load(world, "/wasm", ({ status, headers }) => status === 200 && headers["x-guest"] !== undefined)
      loads.add(wasm)
      world.write("2-policy.yaml", policy(images, ":v2"))
      await expect.poll(() => statusOf(world), patience).toMatch(/[Cc]ould not fetch Wasm OCI image/)
      expect(await guestOf(world), "the old one works on").toBe("one")
      images.setDown(false)
      await expect.poll(() => guestOf(world), patience).toBe("two")
      await expect.poll(() => statusOf(world), patience).not.toMatch(/[Cc]ould not fetch/)
      expect([await plain.stop(), await wasm.stop()]).toEqual([[], []])
    })

    it("are there after a restart without the registry, also those that are always asked for", async () => {
      const images = await privateImages(kind)
      const [port, again] = [await freePort(), await freePort()]
      await images.push("v1", "one")
      const always = policy(images, ":v1", { pullSecretRef }, { pullPolicy: "Always" })
      const folder = await folderOf()
      const world = await start({ ...(await site(images, port)), "2-policy.yaml": always }, port, folder)
      await expect.poll(() => guestOf(world), patience).toBe("one")
      await world.controlPlane.close()
      images.setDown(true)
      const next = await start({ ...(await site(images, again)), "2-policy.yaml": always }, again, folder)
      await expect.poll(() => guestOf(next), patience).toBe("one")
      await expect.poll(() => statusOf(next), patience).toMatch(/[Cc]ould not fetch Wasm OCI image/)
      await images.push("v1", "moved")
      images.setDown(false)
      await expect.poll(() => guestOf(next), patience).toBe("moved")
      expect(statusOf(next)).not.toMatch(/[Cc]ould not fetch/)
    })

    it("are repaired when the store is corrupted, at a start and while they are in use", async () => {
      const images = await privateImages(kind)
      const [port, again] = [await freePort(), await freePort()]
      await images.push("v1", "one")
      const folder = await folderOf()
      const damage = async () => {
        const names = (await readdir(folder)).filter((name) => name !== "key")
        expect(names.length).toBeGreaterThan(2)
        for (const name of names) await appendFile(join(folder, name), "x")
      }
      const file = policy(images, ":v1")
      const world = await start({ ...(await site(images, port)), "2-policy.yaml": file }, port, folder)
      await expect.poll(() => guestOf(world), patience).toBe("one")
      await world.controlPlane.close()
      await damage()
      const next = await start({ ...(await site(images, again)), "2-policy.yaml": file }, again, folder)
      await expect.poll(() => guestOf(next), patience).toBe("one")
      const plain = plainLoad(next)
      const [name = ""] = (await readdir(folder)).filter((each) => each.endsWith(".wasm"))
      await writeFile(join(folder, name), "nothing of it is left")
      await next.modules.restoreAll(new AbortController().signal)
      const changed = stream(
        imagePolicy(
          "p",
          "wasm",
          { url: `${images.host}/team/guest:v1`, pullSecretRef },
          {},
          { config: { changed: true } },
        ),
      )
      next.write("2-policy.yaml", changed)
      const isSent = () => next.report().proxies[0]?.envoys[0]?.isInSync
      await expect.poll(() => JSON.stringify(next.controlPlane.translator.plan()), patience).toContain("changed")
      await expect.poll(isSent, patience).toBe(true)
      expect([await guestOf(next), await plain.stop(), next.report().refusals]).toEqual(["one", [], []])
    })

    it("with a wrong digest, a wrong login or none are refused on their own route alone, and heal", async () => {
      const images = await privateImages(kind)
      const port = await freePort()
      const { digest } = await images.push("v1", "one")
      const right = policy(images, ":v1", { pullSecretRef, sha256: digest.slice("sha256:".length) })
      const folder = await folderOf()
      const world = await start({ ...(await site(images, port)), "2-policy.yaml": right }, port, folder)
      await expect.poll(() => guestOf(world), patience).toBe("one")
      const plain = plainLoad(world)
      const refused: readonly (readonly [string, RegExp])[] = [
        [policy(images, ":v1", { pullSecretRef, sha256: "0".repeat(64) }), /which does not match: 0{64}/],
        [policy(images, `@${digest}`, {}), /[Cc]ould not fetch Wasm OCI image: .*401/],
        [policy(images, ":nowhere"), /[Cc]ould not fetch Wasm OCI image: .*404/],
      ]
      for (const [text, status] of refused) {
        world.write("2-policy.yaml", text)
        await expect.poll(() => statusOf(world), patience).toMatch(status)
        if (!text.includes("nowhere"))
          await expect.poll(async () => (await world.get("/wasm"))?.status, patience).toBe(500)
        world.write("2-policy.yaml", right)
        await expect.poll(() => guestOf(world), patience).toBe("one")
      }
      world.write("2-policy.yaml", policy(images, ":later"))
      await expect.poll(() => statusOf(world), patience).toMatch(/404/)
      await images.push("later", "later")
      await expect.poll(() => guestOf(world), patience).toBe("later")
      expect(await plain.stop()).toEqual([])
    })

    it("reach an Envoy that reads no files from the module server, swapped under load, also when a file was lost", async () => {
      const images = await privateImages(kind)
      const port = await freePort()
      const folder = await folderOf()
      const store = createModuleStore(folder)
      const key = new Secret(Buffer.from("a key"))
      const served: { server?: ModuleServer; world?: EnvoyUnderTest } = {}
      const server = await serveModules({
        store,
        key,
        address: { host: "127.0.0.1", port: 0 },
        restore: (sha256, signal) => served.world?.modules.restore(sha256, signal) ?? Promise.resolve(false),
      })
      onTestFinished(() => server.close())
      const place = placeAtServer(`http://127.0.0.1:${server.port}`, key)
      await images.push("v0", "guest-0")
      const files = { ...(await site(images, port)), "2-policy.yaml": policy(images, ":v0") }
      // What Envoy will ask for is damaged as soon as it is told of it.
      const placeDamaged: typeof place = (module) => {
        writeFileSync(module.path, "lost")
        return place(module)
      }
      let isDamaging = false
      const world = await start(files, port, folder, {
        settings: { ...hostSettings, moduleServer: { host: "127.0.0.1", port: server.port, isPlainHttp: true } },
        modules: {
          store,
          place: (module) => (isDamaging ? placeDamaged : place)(module),
        },
      })
      served.world = world
      await expect.poll(() => guestOf(world), patience).toBe("guest-0")
      const plain = plainLoad(world)
      const wasm = load(
        world,
        "/wasm",
        ({ status, headers }) => status === 200 && /^guest-\d+$/.test(`${headers["x-guest"]}`),
      )
      loads.add(wasm)
      for (let i = 1; i <= 10; i++) {
        isDamaging = i % 2 === 0
        await images.push(`v${i}`, `guest-${i}`)
        world.write("2-policy.yaml", policy(images, `:v${i}`))
        await expect.poll(() => guestOf(world), patience).toBe(`guest-${i}`)
      }
      expect([await plain.stop(), await wasm.stop()]).toEqual([[], []])
    })
  })
})
