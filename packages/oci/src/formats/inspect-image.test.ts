import { describe, expect, it } from "vitest"
import { buildahImage, buildxIndex, dockerImage, orasArtifact, smallestWasm } from "../../test/layout-fixtures.ts"
import { createMemoryTarget } from "../../test/memory-target.ts"
import { packBytes } from "../archive/pack-file.ts"
import type { ReadTarget } from "../content/target.ts"
import { inspectImage } from "./inspect-image.ts"
import { writeExtension } from "./write-extension.ts"

const amd64 = { os: "linux", architecture: "amd64" }
const emptyModule = "93a44bbb96c751218e4c00d479e4c14358122a389acca16205b1e4d0dc5f9476"

describe("inspectImage", () => {
  it("shows what is in a Wasm image, and hands the module to who knows modules", async () => {
    const target = createMemoryTarget()
    const files = [packBytes("plugin.wasm", smallestWasm), packBytes("manifest.yaml", "name: w")]
    const written = await writeExtension(target, { kind: "wasm", name: "w", version: "1.0.0", files })
    const pieces: Uint8Array[] = []
    const readModule = (size: number) => ({
      write: (piece: Uint8Array) => void pieces.push(piece),
      end: () => [size, Buffer.concat(pieces).equals(smallestWasm)],
    })
    expect(await inspectImage(target, written, { readModule, files: true })).toMatchObject({
      form: "manifest",
      descriptor: { digest: written.digest },
      extension: { kind: "wasm", layout: "oci-image", name: "w", version: "1.0.0", artifact: "binary" },
      module: { path: "plugin.wasm", size: 8, layer: 0, sha256: emptyModule, facts: [8, true] },
      files: [
        { path: "manifest.yaml", size: 7, layer: 0 },
        { path: "plugin.wasm", size: 8, layer: 0 },
      ],
      refusals: {},
      problems: [],
    })
  })

  it("shows an index with attestations, and what is wrong with one image beside the others", async () => {
    const target = createMemoryTarget()
    const bad = dockerImage(target, { layers: [[{ name: "plugin.wasm", content: "no module" }]] })
    const tree = await inspectImage(
      target,
      buildxIndex(target, [
        [amd64, buildahImage(target)],
        [{ os: "linux", architecture: "arm64" }, bad],
      ]),
    )
    expect(tree).toMatchObject({
      form: "index",
      manifests: [
        { form: "manifest", problems: [] },
        { form: "manifest", extension: { kind: "wasm" }, module: { sha256: emptyModule }, problems: [] },
        { form: "manifest", problems: [] },
        { form: "manifest", extension: { kind: "wasm" }, problems: [{ code: "ATT_OCI_NOT_WASM", severity: "error" }] },
      ],
    })
  })

  it("fetches each manifest once, and none that was fetched already", async () => {
    const target = createMemoryTarget()
    const fetched: string[] = []
    const counting: ReadTarget = {
      ...target,
      fetchManifest: (wanted, options) => {
        fetched.push(typeof wanted === "string" ? wanted : wanted.digest)
        return target.fetchManifest(wanted, options)
      },
    }
    const image = buildahImage(target)
    const index = buildxIndex(target, [[amd64, image]])
    await inspectImage(counting, await target.fetchManifest(index))
    expect(fetched).toHaveLength(new Set(fetched).size)
    expect(fetched).not.toContain(index.digest)
    expect(fetched).toContain(image.digest)
  })

  it("says who would not take a module", async () => {
    const target = createMemoryTarget()
    const alone = orasArtifact(target, [{ title: "m", mediaType: "application/wasm", content: smallestWasm }])
    expect(await inspectImage(target, alone)).toMatchObject({
      refusals: {
        "envoy-gateway": expect.stringContaining("none is application/vnd.module.wasm.content"),
        istio: expect.any(String),
        boe: "it has no annotation for its type",
      },
    })
  })

  it("shows an image that is no extension", async () => {
    const target = createMemoryTarget()
    const image = dockerImage(target, { layers: [[{ name: "etc/os-release", content: "NAME=x" }]] })
    const tree = await inspectImage(target, image)
    expect(tree).toMatchObject({ form: "manifest", problems: [{ code: "ATT_OCI_FORMAT" }] })
    expect(tree).not.toHaveProperty("extension")
  })
})
