// Who writes, who reads: each layout of each writer through our reader, and all that we write through theirs.
import { describe, expect, it } from "vitest"
import { bytesOf } from "../../test/byte-streams.ts"
import { foreignImages } from "../../test/foreign-images.ts"
import { orasArtifact, smallestWasm } from "../../test/layout-fixtures.ts"
import { createMemoryTarget } from "../../test/memory-target.ts"
import { oddImages } from "../../test/odd-images.ts"
import { readAsBoe, readAsEnvoyGateway } from "../../test/other-readers.ts"
import { packBytes } from "../archive/pack-file.ts"
import type { ExtensionKind } from "./annotations.ts"
import { boeRefusal, wasmRefusals } from "./consumers.ts"
import type { ExtensionContent } from "./extension-content.ts"
import { openModule } from "./open-module.ts"
import { readExtension } from "./read-extension.ts"
import { type ExtensionFormat, extensionFormats, writeExtension } from "./write-extension.ts"
import { writeExtensionIndex } from "./write-index.ts"

const amd64 = { os: "linux", architecture: "amd64" }
const arm64 = { os: "linux", architecture: "arm64" }
const foreign = [...foreignImages, ...oddImages]

describe("what others write", () => {
  it.each(foreign)("$writer: read", async ({ write, layout, kind = "wasm", content }) => {
    const target = createMemoryTarget()
    const extension = await readExtension(target, write(target), { platform: amd64 })
    expect(extension).toMatchObject({ kind, layout })
    const opened = await openModule(target, extension)
    expect(await bytesOf(opened.content)).toEqual(content === undefined ? smallestWasm : Buffer.from(content))
  })

  it.each(foreign)("$writer: Envoy Gateway and Istio as expected", async ({ write, isGateway = true }) => {
    const target = createMemoryTarget()
    const answer = readAsEnvoyGateway(target, write(target))
    expect(typeof answer === "string" ? undefined : answer).toEqual(isGateway ? smallestWasm : undefined)
  })

  it("Lua files, each in a layer, are Lua", async () => {
    const target = createMemoryTarget()
    const artifact = orasArtifact(target, [{ title: "filter.lua", mediaType: "application/x-lua", content: "-- lua" }])
    expect(await readExtension(target, artifact)).toMatchObject({ kind: "lua", layout: "file-artifact" })
  })
})

const contents: Readonly<Record<ExtensionKind, ExtensionContent>> = {
  wasm: { kind: "wasm", name: "w", version: "1.0.0", files: [packBytes("plugin.wasm", smallestWasm)] },
  "dynamic-module": {
    kind: "dynamic-module",
    name: "d",
    version: "1.0.0",
    platform: amd64,
    files: [packBytes("libd.so", "so", true)],
  },
  "go-plugin": {
    kind: "go-plugin",
    name: "g",
    version: "1.0.0",
    platform: amd64,
    composerVersion: "0.9.0",
    files: [packBytes("plugin.so", "so")],
  },
  lua: { kind: "lua", name: "l", version: "1.0.0", files: [packBytes("filter.lua", "-- lua")] },
  composer: {
    kind: "composer",
    name: "composer",
    version: "1.0.0",
    platform: amd64,
    files: [packBytes("libcomposer.so", "so")],
  },
  "ext-proc": {
    kind: "ext-proc",
    name: "e",
    version: "1.0.0",
    platform: amd64,
    files: [packBytes("ext_proc-server", "elf", true)],
  },
}

const withManifest = (content: ExtensionContent, format: ExtensionFormat): ExtensionContent =>
  format === "wasm-artifact"
    ? content
    : { ...content, files: [...content.files, packBytes("manifest.yaml", "name: x\n")] }

const ours = Object.values(contents).flatMap((content) =>
  extensionFormats
    .filter((format) => format !== "wasm-artifact" || content.kind === "wasm")
    .map((format) => ({ kind: content.kind, format, content: withManifest(content, format) })),
)

describe("what we write", () => {
  it.each(ours)("$kind as $format: read back", async ({ kind, format, content }) => {
    const target = createMemoryTarget()
    const extension = await readExtension(target, await writeExtension(target, content, { format }), {
      platform: amd64,
    })
    const { name, version } = content
    const layout = format === "image" ? "oci-image" : format
    expect(extension).toMatchObject({ kind, layout, name, version, artifact: kind === "lua" ? "source" : "binary" })
    if (kind === "lua") return
    const opened = await openModule(target, extension)
    const main = content.files[0]
    expect(await bytesOf(opened.content)).toEqual(await bytesOf(main?.open() ?? bytesNever()))
  })

  it.each(ours)(
    "$kind as $format: the judgement on other readers is what they do",
    async ({ kind, format, content }) => {
      const target = createMemoryTarget()
      const written = await writeExtension(target, content, { format })
      const manifest = JSON.parse(Buffer.from(target.blobs.get(written.digest) ?? "").toString())
      const asBoe = readAsBoe(target, written)
      const takesBoe = typeof asBoe !== "string"
      expect(boeRefusal(manifest, written.mediaType) === undefined).toBe(takesBoe)
      expect(takesBoe || format === "docker-image" || format === "wasm-artifact").toBe(true)
      if (kind !== "wasm") return
      const gateway = readAsEnvoyGateway(target, written)
      expect(wasmRefusals(manifest, written.mediaType)["envoy-gateway"] === undefined).toBe(typeof gateway !== "string")
      expect(gateway).toEqual(smallestWasm)
    },
  )

  it.each(Object.keys(contents) as readonly ExtensionKind[])(
    "%s in the format taken by default is read by all",
    async (kind) => {
      const target = createMemoryTarget()
      const content = withManifest(contents[kind], "image")
      const written = await writeExtension(target, content)
      const entries = readAsBoe(target, written)
      expect(entries).toEqual(content.files.map(({ path }) => path).toSorted())
      if (kind === "wasm") expect(readAsEnvoyGateway(target, written)).toEqual(smallestWasm)
    },
  )

  it("an index of two platforms is read by all, each its own", async () => {
    const target = createMemoryTarget()
    const content = contents["dynamic-module"]
    const arm = { ...content, platform: arm64, files: [packBytes("libd.so", "arm")] }
    const manifests = [await writeExtension(target, arm), await writeExtension(target, content)]
    const index = await writeExtensionIndex(target, manifests)
    expect(await writeExtensionIndex(target, manifests.toReversed())).toEqual(index)
    for (const [platform, want] of [
      [amd64, "so"],
      [arm64, "arm"],
    ] as const) {
      const extension = await readExtension(target, index, { platform })
      expect((await bytesOf((await openModule(target, extension)).content)).toString()).toBe(want)
      expect(extension.platform).toEqual(platform)
      expect(readAsBoe(target, index, platform.os, platform.architecture)).toEqual(["libd.so"])
    }
    await expect(
      readExtension(target, index, { platform: { os: "darwin", architecture: "arm64" } }),
    ).rejects.toMatchObject({
      code: "ATT_OCI_PLATFORM",
      message: expect.stringContaining("only for linux/amd64, linux/arm64"),
    })
  })
})

async function* bytesNever(): AsyncGenerator<Uint8Array> {}
