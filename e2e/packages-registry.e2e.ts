// Extensions as packages in registries that others wrote, with logins, TLS and broken connections.
import { randomBytes } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import {
  createTestAuthority,
  cuttingProxy,
  dockerRegistry,
  goRegistry,
  login,
  type RegistryKind,
} from "@attache/oci/testing"
import { beforeAll, describe, expect, it } from "vitest"
import { buildCommand, createDesk, type Desk, keyPair, wasmModule } from "./package-tools.ts"

const kinds: readonly RegistryKind[] = [goRegistry(), dockerRegistry()]

beforeAll(buildCommand)

/** What `docker login` leaves behind. */
function logIn({ folder }: Desk, host: string): void {
  const auth = Buffer.from(`${login.user}:${login.password}`).toString("base64")
  mkdirSync(join(folder, ".docker"))
  writeFileSync(join(folder, ".docker", "config.json"), JSON.stringify({ auths: { [host]: { auth } } }))
}

describe.each(kinds)("$name", (kind) => {
  const skipped = kind.reason === undefined ? "" : ` (${kind.reason})`

  describe.skipIf(kind.reason !== undefined)(`with the command${skipped}`, () => {
    it.each(["basic", "token"] as const)("takes and gives a package over TLS with a login (%s)", async (auth) => {
      const authority = await createTestAuthority()
      await using registry = await kind.start({ auth, identity: authority.localhost })
      const desk = createDesk()
      const { attache, json, write, folder } = desk
      const ca = ["--ca", write("ca.pem", authority.caCertificate)]
      const reference = `${registry.host}/team/filter:1.0.0`
      const path = write("a.wasm", wasmModule())
      const stranger = await json("push", path, reference, ...ca)
      expect(stranger).toMatchObject({ status: 1, data: { errors: [{ code: "ATT_OCI_UNAUTHORIZED" }] } })
      logIn(desk, registry.host)
      const untrusted = await json("push", path, reference)
      expect(untrusted).toMatchObject({ status: 1, data: { errors: [{ code: "ATT_HTTP_UNREACHABLE" }] } })
      expect(await json("push", path, reference, ...ca, "--lock")).toMatchObject({
        status: 0,
        data: { data: { name: "filter", version: "1.0.0", reference } },
      })
      expect((await attache("pull", reference, ...ca, "--path", "out")).status).toBe(0)
      expect(readFileSync(join(folder, "out", "plugin.wasm")).equals(wasmModule())).toBe(true)
      const { key, pub } = keyPair(desk, "team")
      expect((await attache("sign", reference, ...ca, "--key", key)).status).toBe(0)
      expect((await attache("verify", reference, ...ca, "--key", pub)).status).toBe(0)
      expect((await attache("tag", reference, "stable", ...ca)).status).toBe(0)
      expect((await json("list", `${registry.host}/team/filter`, ...ca)).data).toEqual(["1.0.0", "stable"])
      expect(await json("inspect", reference, ...ca, "--key", pub)).toMatchObject({
        status: 0,
        data: { tree: { module: { facts: { abiVersion: "0.2.1" } } }, signatures: { state: "verified" } },
      })
      expect((await attache("copy", reference, "oci-layout:mirror", ...ca)).status).toBe(0)
      expect((await attache("verify", "oci-layout:mirror:1.0.0", "--key", pub)).status).toBe(0)
      const further = `${registry.host}/other/filter:2`
      expect((await attache("copy", "oci-layout:mirror:1.0.0", further, ...ca)).status).toBe(0)
      expect((await attache("verify", further, ...ca, "--key", pub)).status).toBe(0)
    })

    it("shows a tag that others moved, without TLS on loopback", async () => {
      await using registry = await kind.start()
      const { json, attache, write, folder } = createDesk()
      const reference = `${registry.host}/team/filter:1.0.0`
      await attache("push", write("a.wasm", wasmModule("one")), reference, "--lock")
      await attache("push", write("b.wasm", wasmModule("two")), reference, "--plain-http", "--lock-file", "theirs.lock")
      const moved = { errors: [{ code: "ATT_LOCK_MOVED", message: expect.stringMatching(/^update: .* was sha256:/) }] }
      expect(await json("pull", reference, "--path", "out")).toMatchObject({ status: 3, data: moved })
      expect(existsSync(join(folder, "out"))).toBe(false)
      expect(await json("pull", reference, "--path", "out", "--update")).toMatchObject({ status: 0 })
      expect(await json("pull", reference, "--path", "again")).toMatchObject({ status: 0 })
    })

    it("gives names as Built On Envoy's client looks them up", async () => {
      await using registry = await kind.start({ auth: "basic" })
      const names = { BOE_REGISTRY: `${registry.host}/team`, BOE_REGISTRY_USERNAME: login.user }
      const { attache, write, folder } = createDesk({ ...names, BOE_REGISTRY_PASSWORD: login.password })
      const desk = createDesk()
      logIn(desk, registry.host)
      const path = write("a.wasm", wasmModule())
      for (const tag of ["0.9.0", "0.10.0", "0.11.0-dev"]) {
        const { status } = await desk.attache("push", path, `${registry.host}/team/extension-hello:${tag}`)
        expect(status).toBe(0)
      }
      const newest = await attache("download", "hello")
      expect(newest.stdout).toBe("Extension downloaded to: extensions/wasm/hello/0.10.0\n")
      const dev = await attache("download", "hello", "--dev", "--path", "dl")
      expect(dev.stdout).toBe("Extension downloaded to: dl/extensions/wasm/hello/0.11.0-dev\n")
      expect(existsSync(join(folder, "extensions/wasm/hello/0.10.0/plugin.wasm"))).toBe(true)
    })

    it("leaves no tag and no file behind a push that was interrupted, which the same command makes good", async () => {
      await using registry = await kind.start()
      await using way = await cuttingProxy(registry.host)
      const desk = createDesk()
      const temporary = join(desk.folder, "tmp")
      mkdirSync(temporary)
      const { json, attache, interrupt, write, folder } = createDesk({ TMPDIR: temporary })
      const module = wasmModule(randomBytes(4_000_000))
      const push = ["push", write("a.wasm", module), `${way.host}/team/filter:1`]
      // The client waits before it tries again, so there is time to interrupt it.
      way.cutNext(1_000_000, "up", 1_000_000)
      const { status, stderr } = await interrupt(() => way.cuts > 0, ...push)
      const left = readdirSync(temporary).filter((name) => name.startsWith("attache"))
      expect([status, stderr.includes("ATT_CLI_INTERRUPTED"), left]).toEqual([130, true, []])
      way.cutNext(0, "up", 0)
      expect(await json("list", `${way.host}/team/filter`)).toMatchObject({
        status: 1,
        data: { errors: [{ code: "ATT_OCI_NOT_FOUND" }] },
      })
      expect((await attache(...push)).status).toBe(0)
      expect((await attache("pull", `${way.host}/team/filter:1`, "--path", "out")).status).toBe(0)
      expect(readFileSync(join(folder, "out", "plugin.wasm")).equals(module)).toBe(true)
    })

    it("goes on with a pull that was interrupted, from what had come", async () => {
      await using registry = await kind.start()
      await using way = await cuttingProxy(registry.host)
      const { attache, interrupt, write, folder } = createDesk()
      const module = wasmModule(randomBytes(16_000_000))
      const reference = `${way.host}/team/filter:1`
      expect((await attache("push", write("a.wasm", module), reference)).status).toBe(0)
      // The client waits before each of the parts that the way lets through, so there is time to interrupt it.
      way.cutNext(1_000_000, "down", 1_000_000)
      const pulls = join(folder, ".cache", "pulls")
      const { status, stderr } = await interrupt(
        () => bytesBelow(pulls) > 2_000_000,
        "pull",
        reference,
        "--path",
        "out",
      )
      expect([status, stderr.includes("ATT_CLI_INTERRUPTED"), existsSync(join(folder, "out"))]).toEqual([
        130,
        true,
        false,
      ])
      // Whoever fetched all of it anew would be cut once more.
      const before = way.cuts
      way.cutNext(1, "down", module.length - 1_000_000)
      expect((await attache("pull", reference, "--path", "out")).status).toBe(0)
      expect(way.cuts).toBe(before)
      expect(readFileSync(join(folder, "out", "plugin.wasm")).equals(module)).toBe(true)
      expect(readdirSync(pulls)).toEqual([])
    })
  })
})

function bytesBelow(folder: string): number {
  if (!existsSync(folder)) return 0
  // A file may get its last name between the two calls.
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => statSync(join(folder, name), { throwIfNoEntry: false }))
    .reduce((sum, found) => sum + (found?.isFile() === true ? found.size : 0), 0)
}
