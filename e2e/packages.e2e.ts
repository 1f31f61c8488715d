// Extensions as packages in layouts on disk, with the command alone.
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, expect, it } from "vitest"
import { parse } from "yaml"
import { buildCommand, createDesk, emptyModule, keyPair, wasmModule } from "./package-tools.ts"

beforeAll(buildCommand)

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")
const failure = (code: string) => ({ ok: false, errors: [expect.objectContaining({ code })] })

describe("push and pull", () => {
  it.each(["image", "docker-image", "wasm-artifact", "boe-artifact"])(
    "bring a module there and back as %s",
    async (format) => {
      const { attache, json, folder, write } = createDesk()
      const module = wasmModule(format)
      const path = write("filter.wasm", module)
      const pushed = await json("push", path, "oci-layout:store:1.2.0", "--format", format, "--annotation", "x.y=z")
      expect(pushed).toMatchObject({
        status: 0,
        data: {
          ok: true,
          warnings: [],
          data: {
            kind: "wasm",
            name: "filter",
            version: "1.2.0",
            format,
            modules: { any: `sha256:${sha256(module)}` },
          },
        },
      })
      const again = await json("push", path, "oci-layout:other:1.2.0", "--format", format, "--annotation", "x.y=z")
      const digestOf = ({ data }: { data: unknown }) => (data as { data: { digest: string } }).data.digest
      expect(digestOf(again)).toBe(digestOf(pushed))
      const { status, stdout } = await attache("pull", "oci-layout:store:1.2.0", "--path", "out")
      expect([status, stdout]).toEqual([0, `out  wasm filter 1.2.0 ${digestOf(pushed)}\n`])
      expect(readFileSync(join(folder, "out", "plugin.wasm")).equals(module)).toBe(true)
    },
  )

  it.each([
    ["text", Buffer.from("not a module at all"), "it does not begin with the four bytes of Wasm"],
    ["another version", Buffer.from([0, 0x61, 0x73, 0x6d, 2, 0, 0, 0]), "its version is not 1"],
    ["a component", Buffer.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]), "it is a component"],
    ["nothing", Buffer.from([]), "it has 0 bytes"],
  ])("refuse %s, and leave nothing", async (_name, bytes, reason) => {
    const { attache, folder, write } = createDesk()
    const { status, stderr } = await attache("push", write("a.wasm", bytes), "oci-layout:store:1")
    expect([status, stderr.includes("ATT_OCI_NOT_WASM"), stderr.includes(reason)]).toEqual([1, true, true])
    expect(existsSync(join(folder, "store"))).toBe(false)
  })

  it("warn of a module without an ABI", async () => {
    const { json, write } = createDesk()
    const { status, data } = await json("push", write("a.wasm", emptyModule), "oci-layout:store:1")
    const warning = { code: "ATT_WASM_DOES_NOT_LOAD", severity: "warning" }
    expect([status, data]).toMatchObject([0, { ok: true, warnings: [warning] }])
  })

  it("choose among platforms", async () => {
    const { json, folder, attache } = createDesk()
    for (const platform of ["linux-amd64", "linux-arm64"]) {
      mkdirSync(join(folder, "lib", platform), { recursive: true })
      writeFileSync(join(folder, "lib", platform, "libauth.so"), platform)
    }
    const platforms = ["--platform", "linux/amd64", "--platform", "linux/arm64"]
    const pushed = await json("push", "lib", "oci-layout:store:1", ...platforms)
    expect(pushed).toMatchObject({ status: 0, data: { data: { platforms: ["linux/amd64", "linux/arm64"] } } })
    const pulled = await json("pull", "oci-layout:store:1", "--path", "out", "--platform", "linux/arm64")
    expect(pulled).toMatchObject({ status: 0, data: { data: { platform: "linux/arm64", files: ["libauth.so"] } } })
    expect(readFileSync(join(folder, "out", "libauth.so"), "utf8")).toBe("linux-arm64")
    const lacking = await attache("pull", "oci-layout:store:1", "--path", "none", "--platform", "linux/riscv64")
    expect([lacking.status, lacking.stderr.includes("linux/amd64, linux/arm64")]).toEqual([1, true])
  })

  it("fill no folder that has such files, unless forced", async () => {
    const { attache, write, folder } = createDesk()
    await attache("push", write("a.wasm", wasmModule()), "oci-layout:store:1")
    write("plugin.wasm", "mine")
    const { status, stderr } = await attache("pull", "oci-layout:store:1", "--path", ".")
    expect([status, stderr.includes("ATT_ARCHIVE_FOLDER")]).toEqual([1, true])
    expect(readFileSync(join(folder, "plugin.wasm"), "utf8")).toBe("mine")
    expect((await attache("pull", "oci-layout:store:1", "--path", ".", "--force")).status).toBe(0)
    expect(readFileSync(join(folder, "plugin.wasm")).equals(wasmModule())).toBe(true)
  })

  it("keep it packed where that is wanted", async () => {
    const { attache, write } = createDesk()
    await attache("push", write("a.wasm", wasmModule()), "oci-layout:store:1")
    expect((await attache("pull", "oci-layout:store:1", "--path", "copy", "--no-unpack")).status).toBe(0)
    expect((await attache("list", "oci-layout:copy")).stdout).toBe("1\n")
  })

  it("download as Built On Envoy's client does, and follow no name out of the folder", async () => {
    const { attache, write, folder } = createDesk()
    const path = write("a.wasm", wasmModule())
    await attache("push", path, "oci-layout:store:1.0.0", "--name", "hello")
    const { status, stdout } = await attache("download", "oci-layout:store:1.0.0", "--path", "dl")
    expect([status, stdout]).toEqual([0, "Extension downloaded to: dl/extensions/wasm/hello/1.0.0\n"])
    expect(existsSync(join(folder, "dl/extensions/wasm/hello/1.0.0/plugin.wasm"))).toBe(true)
    const title = ["--name", "hello", "--annotation", "org.opencontainers.image.title=../../../../evil"]
    await attache("push", path, "oci-layout:store:2.0.0", ...title)
    const refused = await attache("download", "oci-layout:store:2.0.0", "--path", "dl")
    expect([refused.status, refused.stderr.includes("ATT_OCI_EXTENSION_NAME")]).toEqual([1, true])
    expect([readdirSync(join(folder, "dl", "extensions")), existsSync(join(folder, "evil"))]).toEqual([["wasm"], false])
  })

  it("take no byte that was altered", async () => {
    const { attache, write, folder } = createDesk()
    await attache("push", write("a.wasm", wasmModule()), "oci-layout:store:1", "--format", "wasm-artifact")
    const blob = join(folder, "store", "blobs", "sha256", sha256(wasmModule()))
    const bytes = readFileSync(blob)
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    writeFileSync(blob, bytes)
    const { status, stderr } = await attache("pull", "oci-layout:store:1", "--path", "out")
    expect([status, stderr.includes("ATT_OCI_DIGEST"), existsSync(join(folder, "out"))]).toEqual([1, true, false])
    const packed = await attache("pull", "oci-layout:store:1", "--path", "out", "--no-unpack")
    expect([packed.status, packed.stderr.includes("ATT_OCI_DIGEST"), existsSync(join(folder, "out"))]).toEqual([
      1,
      true,
      false,
    ])
  })
})

describe("inspect, copy, tag and list", () => {
  it("show the tree with the module's facts, in three forms", async () => {
    const { attache, json, write } = createDesk()
    await attache("push", write("filter.wasm", wasmModule()), "oci-layout:store:1")
    const { status, data } = await json("inspect", "oci-layout:store:1", "--files")
    expect(status).toBe(0)
    expect(data).toMatchObject({
      tree: {
        form: "manifest",
        extension: { kind: "wasm", name: "filter" },
        module: { sha256: sha256(wasmModule()), facts: { abiVersion: "0.2.1", load: { isLikely: true } } },
        files: [{ path: "plugin.wasm" }],
      },
      signatures: { state: "unsigned" },
    })
    const yaml = await attache("inspect", "oci-layout:store:1", "--files", "--output", "yaml")
    expect(parse(yaml.stdout)).toEqual(data)
    const { stdout } = await attache("inspect", "store")
    for (const part of ["wasm filter", "layer 0 sha256:", "ABI 0.2.1", "signatures: none"])
      expect(stdout).toContain(part)
  })

  it("show a file, and exit 3 for one that Envoy would not load", async () => {
    const { json, write } = createDesk()
    const good = await json("inspect", write("good.wasm", wasmModule()))
    expect(good).toMatchObject({ status: 0, data: { sha256: sha256(wasmModule()), facts: { abiVersion: "0.2.1" } } })
    const bad = await json("inspect", write("bad.wasm", "no module"))
    expect(bad).toMatchObject({ status: 3, data: { facts: { isWasm: false } } })
  })

  it("copy with signatures, and give further tags", async () => {
    const desk = createDesk()
    const { attache, json, write } = desk
    const { key, pub } = keyPair(desk, "team")
    await attache("push", write("a.wasm", wasmModule()), "oci-layout:store:1")
    await attache("sign", "oci-layout:store:1", "--key", key)
    expect(await json("copy", "oci-layout:store:1", "oci-layout:mirror")).toMatchObject({
      status: 0,
      data: { to: "oci-layout:mirror:1", counts: { mounted: 0 } },
    })
    expect((await attache("verify", "oci-layout:mirror:1", "--key", pub)).status).toBe(0)
    await attache("copy", "oci-layout:store:1", "oci-layout:bare:x", "--no-signatures")
    expect((await attache("verify", "oci-layout:bare:x", "--key", pub)).status).toBe(3)
    expect((await attache("tag", "oci-layout:mirror:1", "stable")).status).toBe(0)
    expect((await json("list", "oci-layout:mirror")).data).toEqual(["1", "stable"])
    expect((await json("list", "oci-layout:mirror", "--all")).data).toHaveLength(3)
  })

  it("copy the signatures of what is in an index, too", async () => {
    const desk = createDesk()
    const { attache, json, folder } = desk
    const { key, pub } = keyPair(desk, "team")
    for (const platform of ["linux-amd64", "linux-arm64"]) {
      mkdirSync(join(folder, "lib", platform), { recursive: true })
      writeFileSync(join(folder, "lib", platform, "libauth.so"), platform)
    }
    await attache("push", "lib", "oci-layout:store:1", "--platform", "linux/amd64,linux/arm64")
    const { data } = await json("inspect", "oci-layout:store:1")
    const { tree } = data as { tree: { manifests: readonly { descriptor: { digest: string } }[] } }
    for (const { descriptor } of tree.manifests)
      await attache("sign", `oci-layout:store@${descriptor.digest}`, "--key", key, "--form", "cosign")
    await attache("copy", "oci-layout:store:1", "oci-layout:mirror:1")
    for (const { descriptor } of tree.manifests)
      expect((await attache("verify", `oci-layout:mirror@${descriptor.digest}`, "--key", pub)).status).toBe(0)
  })

  it.each([
    [["inspect", "NO/REFERENCE"], 2, "ATT_OCI_REFERENCE"],
    [["tag", "oci-layout:store:1", "no tag"], 2, "ATT_USAGE_OPTION"],
    [["push", "a.wasm", "oci-layout:store:1", "--annotation", "x"], 2, "ATT_USAGE_OPTION"],
    [["push", "absent.wasm", "oci-layout:store:1"], 1, "ATT_PACKAGE_NOTHING"],
    [["list", "oci-layout:absent"], 1, "ATT_OCI_NOT_FOUND"],
    [["pull", "oci-layout:absent:1", "--path", "x"], 1, "ATT_OCI_NOT_FOUND"],
    [["verify", "oci-layout:absent:1"], 2, "ATT_USAGE_OPTION"],
    [["sign", "oci-layout:absent:1", "--key", "absent.key"], 2, "ATT_USAGE_OPTION"],
    [["download", "hello"], 2, "ATT_USAGE_OPTION"],
  ])("fail %j with exit %d and %s", async (args, status, code) => {
    const { json } = createDesk({ BOE_REGISTRY: "" })
    expect(await json(...args)).toMatchObject({ status, data: failure(code) })
  })
})

it("explains the codes of packages", async () => {
  const { attache } = createDesk()
  for (const code of ["ATT_OCI_DIGEST", "ATT_ARCHIVE_PATH", "ATT_SIGNATURE_POLICY", "ATT_LOCK_MOVED"]) {
    const { status, stdout } = await attache("explain", code)
    expect([status, stdout]).toEqual([0, expect.stringMatching(/cause[\s\S]+cure/)])
  }
})

describe("attache.lock", () => {
  it("notes what a tag meant, shows when it has moved, and takes it when told to", async () => {
    const { attache, json, write, folder } = createDesk()
    const reference = "oci-layout:store:1"
    await attache("push", write("a.wasm", wasmModule("one")), reference)
    expect(existsSync(join(folder, "attache.lock"))).toBe(false)
    expect((await attache("pull", reference, "--path", "one", "--lock")).status).toBe(0)
    const lock = () => JSON.parse(readFileSync(join(folder, "attache.lock"), "utf8")) as { packages: object }
    const first = lock()
    expect(first.packages).toEqual({
      [reference]: {
        digest: expect.stringMatching(/^sha256:/),
        modules: { any: `sha256:${sha256(wasmModule("one"))}` },
      },
    })
    await attache("push", write("b.wasm", wasmModule("two")), reference, "--lock-file", "elsewhere.lock")
    expect(await json("pull", reference, "--path", "two")).toMatchObject({ status: 3, data: failure("ATT_LOCK_MOVED") })
    expect([existsSync(join(folder, "two")), lock()]).toEqual([false, first])
    expect(await json("push", "a.wasm", `${reference}`, "--name", "other")).toMatchObject({
      status: 3,
      data: failure("ATT_LOCK_MOVED"),
    })
    expect((await attache("pull", reference, "--path", "two", "--update")).status).toBe(0)
    expect(lock().packages).toMatchObject({ [reference]: { modules: { any: `sha256:${sha256(wasmModule("two"))}` } } })
    expect((await attache("push", "a.wasm", reference, "--name", "other")).status).toBe(0)
    expect((await attache("pull", reference, "--path", "three")).status).toBe(0)
  })

  it("refuses a module that is not the locked one, and a file that is none", async () => {
    const { attache, json, write, folder } = createDesk()
    await attache("push", write("a.wasm", wasmModule()), "oci-layout:store:1", "--lock")
    const text = readFileSync(join(folder, "attache.lock"), "utf8")
    write("attache.lock", text.replace(/("any": "sha256:)[0-9a-f]{8}/, "$1deadbeef"))
    expect(await json("pull", "oci-layout:store:1", "--path", "x")).toMatchObject({ data: failure("ATT_LOCK_MODULE") })
    const packed = await json("pull", "oci-layout:store:1", "--path", "x", "--no-unpack")
    expect(packed).toMatchObject({ data: failure("ATT_LOCK_MODULE") })
    expect(existsSync(join(folder, "x"))).toBe(false)
    write("attache.lock", "[]")
    expect(await json("pull", "oci-layout:store:1", "--path", "x")).toMatchObject({ data: failure("ATT_LOCK_FILE") })
  })
})

describe("sign and verify", () => {
  it("tell unsigned, right, wrong, older and unnamed apart", async () => {
    const desk = createDesk()
    const { attache, json, write } = desk
    const [team, stranger] = [keyPair(desk, "team"), keyPair(desk, "stranger")]
    await attache("push", write("a.wasm", wasmModule()), "oci-layout:store:1.0.0")
    const verify = (...args: readonly string[]) => json("verify", "oci-layout:store:1.0.0", ...args)
    expect(await verify("--key", team.pub)).toMatchObject({ status: 3, data: failure("ATT_SIGNATURE_MISSING") })
    expect((await attache("sign", "oci-layout:store:1.0.0", "--key", team.key)).status).toBe(0)
    expect(await verify("--key", team.pub)).toMatchObject({
      status: 0,
      data: { ok: true, data: { found: 2, acceptedBy: { kind: "key" } } },
    })
    expect(await verify("--key", stranger.pub)).toMatchObject({ status: 3, data: failure("ATT_SIGNATURE_INVALID") })
    const policy = (rest: string) =>
      write("policy.yaml", `rules:\n  - repository: "registry.example/team/*"\n    keys: [team.pub]\n${rest}`)
    const inTeam = ["--policy", policy(""), "--repository", "registry.example/team/filter"]
    expect((await verify(...inTeam)).status).toBe(0)
    const elsewhere = ["--policy", "policy.yaml", "--repository", "registry.example/other/filter"]
    expect(await verify(...elsewhere)).toMatchObject({ status: 3, data: failure("ATT_SIGNATURE_NO_RULE") })
    policy('    minimumVersion: "1.1.0"\n')
    expect(await verify(...inTeam)).toMatchObject({ status: 3, data: failure("ATT_SIGNATURE_VERSION") })
    policy("    minimumVersion: 1.1\n")
    expect(await verify(...inTeam)).toMatchObject({
      status: 3,
      data: { ok: false, errors: [{ code: "ATT_SIGNATURE_POLICY", line: 4, field: "rules[0].minimumVersion" }] },
    })
    const state = async (...args: readonly string[]) =>
      ((await json("inspect", "oci-layout:store:1.0.0", ...args)).data as { signatures: { state: string } }).signatures
        .state
    expect([await state(), await state("--key", team.pub), await state("--key", stranger.pub)]).toEqual([
      "unverified",
      "verified",
      "refused",
    ])
  })

  it("keep from pulling what is not signed as it should be", async () => {
    const desk = createDesk()
    const { attache, json, write, folder } = desk
    const { key, pub } = keyPair(desk, "team")
    await attache("push", write("a.wasm", wasmModule()), "oci-layout:store:1")
    const pull = () => json("pull", "oci-layout:store:1", "--path", "out", "--key", pub)
    expect(await pull()).toMatchObject({ status: 3, data: failure("ATT_SIGNATURE_MISSING") })
    expect(existsSync(join(folder, "out"))).toBe(false)
    await attache("sign", "oci-layout:store:1", "--key", key)
    expect((await pull()).status).toBe(0)
  })
})
