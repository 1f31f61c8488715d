import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"
import { extensionSource, hostPlatform, type SourceFacts } from "./extension-source.ts"

const empty = Buffer.from([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0])
const plain: SourceFacts = { annotations: {}, platforms: [] }

function folder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), "attache-source-"))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  return root
}

describe("extensionSource", () => {
  it.each([
    ["a module", "f.wasm", { "f.wasm": empty }, "wasm", "f", ["plugin.wasm"]],
    ["a library", "libauth.so", { "libauth.so": "x" }, "dynamic-module", "auth", ["libauth.so"]],
    ["a Go plugin", "plugin.so", { "plugin.so": "x" }, "go-plugin", "plugin", ["plugin.so"]],
    ["a Lua file", "hello.lua", { "hello.lua": "x" }, "lua", "hello", ["hello.lua"]],
    ["anything else, which packing refuses", "notes.txt", { "notes.txt": "x" }, "wasm", "notes", ["plugin.wasm"]],
    [
      "what was built in a guest's folder",
      "g",
      { "g/dist/g.wasm": empty, "g/a.ts": "x" },
      "wasm",
      "g",
      ["plugin.wasm"],
    ],
    [
      "a folder with a module, whole",
      "w",
      { "w/plugin.wasm": empty, "w/README.md": "x", "w/.git/config": "x", "w/node_modules/a/b": "x" },
      "wasm",
      "w",
      ["README.md", "plugin.wasm"],
    ],
    [
      "a folder with a library",
      "m",
      { "m/libauth.so": "x", "m/c.json": "x" },
      "dynamic-module",
      "auth",
      ["c.json", "libauth.so"],
    ],
    ["a folder of Lua", "l", { "l/a.lua": "x", "l/lib/b.lua": "x" }, "lua", "l", ["a.lua", "lib/b.lua"]],
  ] as const)("takes %s", async (_title, path, files, kind, name, packed) => {
    const { contents } = await extensionSource(join(folder(files), path), plain)
    expect(contents).toHaveLength(1)
    expect(contents[0]).toMatchObject({ kind, name, version: "0.0.0" })
    expect(contents[0]?.files.map((file) => file.path)).toEqual(packed)
  })

  it.each([
    ["what is not there", "absent", {}, "ATT_PACKAGE_NOTHING"],
    ["a folder without an extension", ".", { "a.txt": "x" }, "ATT_PACKAGE_NOTHING"],
    ["a folder with two modules", ".", { "a.wasm": empty, "dist/b.wasm": empty }, "ATT_PACKAGE_SEVERAL"],
  ])("refuses %s", async (_title, path, files, code) => {
    await expect(extensionSource(join(folder(files), path), plain)).rejects.toThrow(expect.objectContaining({ code }))
  })

  it("takes name and version from what is said, then from annotations, then from the reference", async () => {
    const path = join(folder({ "f.wasm": empty }), "f.wasm")
    const place = { repository: "team/extension-filter", tag: "1.2.0" }
    const annotated = { "org.opencontainers.image.title": "a", "org.opencontainers.image.version": "3" }
    const named = async (facts: Partial<SourceFacts>) => {
      const { contents } = await extensionSource(path, { ...plain, ...facts })
      return `${contents[0]?.name} ${contents[0]?.version}`
    }
    expect(await named(place)).toBe("filter 1.2.0")
    expect(await named({ ...place, tag: "latest" })).toBe("filter 0.0.0")
    expect(await named({ ...place, annotations: annotated })).toBe("a 3")
    expect(await named({ ...place, annotations: annotated, name: "b", version: "4" })).toBe("b 4")
  })

  it("takes a subfolder for each of several platforms, and this machine's for native code where none is named", async () => {
    const root = folder({ "linux-amd64/libx.so": "1", "linux-arm64/libx.so": "2", "libx.so": "3" })
    const platforms = ["amd64", "arm64"].map((architecture) => ({ os: "linux", architecture }))
    const { contents } = await extensionSource(root, { ...plain, platforms })
    expect(contents.map(({ name, platform }) => [name, platform])).toEqual(platforms.map((each) => ["x", each]))
    const one = await extensionSource(join(root, "libx.so"), plain)
    expect(one.contents[0]?.platform).toEqual(hostPlatform())
  })

  it("refuses a module that is larger than what is loaded, without reading it", async () => {
    const path = join(folder({ "f.wasm": empty }), "f.wasm")
    truncateSync(path, 300 * 1024 * 1024)
    const refused = expect.objectContaining({ code: "ATT_OCI_LIMIT" })
    await expect(extensionSource(path, plain)).rejects.toThrow(refused)
  })

  it("warns of a module without an ABI", async () => {
    const { warnings } = await extensionSource(join(folder({ "f.wasm": empty }), "f.wasm"), plain)
    expect(warnings).toContainEqual(expect.objectContaining({ code: "ATT_WASM_DOES_NOT_LOAD", severity: "warning" }))
    expect(warnings.every(({ severity }) => severity === "warning")).toBe(true)
  })

  it("takes from a manifest of Built On Envoy what is not said", async () => {
    const manifest = [
      "name: plug",
      "version: 1.2.3",
      "author: Acme",
      "description: Plugs",
      "license: Apache-2.0",
      "type: go",
      "filterType: [http, network]",
      "composerVersion: 0.9.0",
    ].join("\n")
    const root = folder({
      "p/plugin.so": "x",
      "p/manifest.yaml": manifest,
      "l/libx.so": "x",
      "l/manifest.yaml": manifest,
    })
    const { contents, warnings } = await extensionSource(join(root, "p"), { ...plain, repository: "a/b", tag: "9.9.9" })
    expect(warnings).toEqual([])
    expect(contents[0]).toMatchObject({
      kind: "go-plugin",
      name: "plug",
      version: "1.2.3",
      language: "go",
      filterTypes: ["http", "network"],
      composerVersion: "0.9.0",
      annotations: {
        "org.opencontainers.image.authors": "Acme",
        "org.opencontainers.image.description": "Plugs",
        "org.opencontainers.image.licenses": "Apache-2.0",
      },
    })
    const said = {
      ...plain,
      name: "other",
      version: "2.0.0",
      annotations: { "org.opencontainers.image.authors": "Me" },
    }
    expect((await extensionSource(join(root, "p"), said)).contents[0]).toMatchObject({
      name: "other",
      version: "2.0.0",
      annotations: { "org.opencontainers.image.authors": "Me", "org.opencontainers.image.description": "Plugs" },
    })
    const inline = folder({ "manifest.yaml": "name: l\ntype: lua\nlua: {inline: x}\n" })
    expect((await extensionSource(inline, plain)).contents[0]).toMatchObject({ kind: "lua", name: "l" })
    // A library is found by the name of its file.
    expect((await extensionSource(join(root, "l"), plain)).contents[0]).toMatchObject({ name: "x", version: "1.2.3" })
  })

  it.each([
    ["no YAML", "name: [", 1],
    ["a list", "- name: x", 0],
    ["nothing", "", 0],
    ["numbers", "name: 1\nversion: 2\nfilterType: {a: 1}\ncomposerVersion: []", 0],
  ])("passes over a manifest that is %s", async (_name, manifest, warned) => {
    const root = folder({ "plugin.so": "x", "manifest.yaml": manifest })
    const { contents, warnings } = await extensionSource(root, { ...plain, name: "n", tag: "1.0.0" })
    expect(contents[0]).toMatchObject({ name: "n", version: "1.0.0" })
    expect(contents[0]).not.toHaveProperty("filterTypes")
    expect(warnings).toHaveLength(warned)
    expect(warnings.every(({ severity }) => severity === "warning")).toBe(true)
  })
})
