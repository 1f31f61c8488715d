import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { content, emptyConfig, manifest } from "../../test/artifacts.ts"
import { isImageIndex } from "./descriptor.ts"
import { mediaTypes } from "./media-types.ts"
import { maxManifestBytes, maxManifestEntries, parseManifest, readManifest } from "./read-manifest.ts"

const bytes = (value: unknown): Uint8Array => Buffer.from(typeof value === "string" ? value : JSON.stringify(value))
const config = emptyConfig.descriptor
const layer = content("layer").descriptor
const plain = { schemaVersion: 2, config, layers: [layer] }
const list = { schemaVersion: 2, manifests: [manifest([]).descriptor] }

describe("readManifest", () => {
  it.each<[string, unknown, string | undefined, "manifest" | "index"]>([
    ["a manifest", plain, mediaTypes.ociManifest, "manifest"],
    ["a Docker manifest", { ...plain, mediaType: mediaTypes.dockerManifest }, mediaTypes.dockerManifest, "manifest"],
    ["a manifest whose type nobody tells", plain, undefined, "manifest"],
    ["an index", list, mediaTypes.ociIndex, "index"],
    ["a Docker list", { ...list, mediaType: mediaTypes.dockerManifestList }, undefined, "index"],
    ["an index whose type nobody tells", list, undefined, "index"],
    ["lists that Go left out", { ...plain, layers: null, annotations: null, subject: null }, undefined, "manifest"],
    ["an empty index", { schemaVersion: 2, manifests: [] }, undefined, "index"],
    ["what it does not know", { ...plain, extra: { deep: [1] } }, undefined, "manifest"],
  ])("reads %s", (_name, value, mediaType, want) => {
    const { manifest: read, diagnostics } = readManifest(bytes(value), mediaType)
    expect(diagnostics).toEqual([])
    expect(read !== undefined && isImageIndex(read) ? "index" : "manifest").toBe(want)
  })

  it("keeps all that descriptors say", () => {
    const full = {
      ...layer,
      annotations: { a: "b" },
      artifactType: "x/y",
      platform: { os: "linux", architecture: "arm", variant: "v7", "os.version": "1", "os.features": ["f"] },
      urls: ["https://a.example/"],
      data: "bGF5ZXI=",
    }
    const read = readManifest(bytes({ ...plain, layers: [full], subject: layer, artifactType: "a/b" }))
    expect(read.manifest).toEqual({ schemaVersion: 2, config, layers: [full], subject: layer, artifactType: "a/b" })
  })

  it.each<[string, unknown, string | undefined, string]>([
    ["nothing", "", undefined, "is no JSON"],
    ["half of it", '{"schemaVersion":2', undefined, "is no JSON"],
    ["a list", [plain], undefined, "is no JSON object"],
    ["bytes that are no text", Uint8Array.of(0x22, 0xff, 0x22), undefined, "is no JSON"],
    ["no version", { config, layers: [] }, undefined, "schemaVersion must be 2"],
    ["version 1", { schemaVersion: 1, fsLayers: [] }, undefined, "schemaVersion is 1"],
    ["two types", { ...plain, mediaType: mediaTypes.ociManifest }, mediaTypes.dockerManifest, "mediaType is"],
    ["both forms", { ...plain, ...list }, undefined, "manifests stands beside"],
    ["an index that has layers", plain, mediaTypes.ociIndex, "says index"],
    ["a manifest that has manifests", list, mediaTypes.ociManifest, "says manifest"],
    ["something else", plain, "application/json", "neither a manifest"],
    ["no config", { schemaVersion: 2, layers: [] }, undefined, "config must be a descriptor"],
    ["layers that are no list", { ...plain, layers: {} }, undefined, "layers must be a list"],
    ["a layer that is none", { ...plain, layers: ["x"] }, undefined, "layers[0] must be a descriptor"],
    ["a layer without type", { ...plain, layers: [{ ...layer, mediaType: "" }] }, undefined, "layers[0].mediaType"],
    ["an odd type", { ...plain, layers: [{ ...layer, mediaType: "a/b\r\nx: y" }] }, undefined, "layers[0].mediaType"],
    [
      "a path for a digest",
      { ...plain, layers: [{ ...layer, digest: "sha256:../../etc" }] },
      undefined,
      "digest must be",
    ],
    ["an unknown algorithm", { ...plain, layers: [{ ...layer, digest: "md5:00" }] }, undefined, "digest must be"],
    ["a negative size", { ...plain, layers: [{ ...layer, size: -1 }] }, undefined, "size must be"],
    ["a broken size", { ...plain, layers: [{ ...layer, size: 1.5 }] }, undefined, "size must be"],
    ["a size as text", { ...plain, layers: [{ ...layer, size: "5" }] }, undefined, "size must be"],
    ["an endless size", { ...plain, layers: [{ ...layer, size: 2 ** 60 }] }, undefined, "size must be"],
    ["odd annotations", { ...plain, annotations: { a: 1 } }, undefined, "annotations.a must be a text"],
    ["annotations in a list", { ...plain, annotations: ["a"] }, undefined, "annotations must be an object"],
    ["an odd subject", { ...plain, subject: 7 }, undefined, "subject must be a descriptor"],
    ["odd urls", { ...plain, layers: [{ ...layer, urls: [1] }] }, undefined, "urls must be a list"],
    ["an odd platform", { ...list, manifests: [{ ...layer, platform: "linux" }] }, undefined, "platform must be"],
    ["too many layers", { ...plain, layers: Array(maxManifestEntries + 1).fill(layer) }, undefined, "more than 2000"],
    ["too much", " ".repeat(maxManifestBytes + 1), undefined, `more than ${maxManifestBytes}`],
  ])("refuses %s", (_name, value, mediaType, want) => {
    const input = value instanceof Uint8Array ? value : bytes(value)
    const { manifest: read, diagnostics } = readManifest(input, mediaType)
    expect(read).toBeUndefined()
    expect(diagnostics.map(({ field, message }) => `${field} ${message}`).join("\n")).toContain(want)
    expect(diagnostics.every(({ code }) => /^ATT_OCI_(MANIFEST|DIGEST|LIMIT)$/.test(code))).toBe(true)
    expect(() => parseManifest(input, mediaType, "x")).toThrow(expect.objectContaining({ code: diagnostics[0]?.code }))
  })

  it("names everything that is wrong", () => {
    const { diagnostics } = readManifest(bytes({ schemaVersion: 2, config: {}, layers: [{ size: -1 }, 5] }))
    expect(diagnostics.map(({ field }) => field)).toEqual([
      ...["config.mediaType", "config.digest", "config.size"],
      ...["layers[0].mediaType", "layers[0].digest", "layers[0].size", "layers[1]"],
    ])
  })

  it("takes any JSON and any bytes, and nesting without end", () => {
    fc.assert(fc.property(fc.json(), (text) => void readManifest(bytes(text))))
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (any) => void readManifest(any)))
    const field = fc.constantFrom(
      "schemaVersion",
      "mediaType",
      "config",
      "layers",
      "manifests",
      "subject",
      "annotations",
    )
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom(2, layer, [layer], mediaTypes.ociIndex))
    fc.assert(fc.property(fc.dictionary(field, value), (any) => void readManifest(bytes(any))))
    readManifest(bytes(`${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}`))
    readManifest(bytes(`{"a":${'{"a":'.repeat(500_000)}`))
  })
})
