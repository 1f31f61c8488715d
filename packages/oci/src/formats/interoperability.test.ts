// Who writes, who reads: each layout of each writer through our reader, and all that we write through theirs.
import { gzipSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import { bytesOf } from "../../test/byte-streams.ts"
import {
  buildahImage,
  buildxIndex,
  dockerImage,
  orasArtifact,
  orasArtifactWithConfig,
  smallestWasm,
} from "../../test/layout-fixtures.ts"
import { createMemoryTarget, type MemoryTarget } from "../../test/memory-target.ts"
import { readAsBoe, readAsEnvoyGateway } from "../../test/other-readers.ts"
import { rawTar } from "../../test/raw-tar.ts"
import { packBytes } from "../archive/pack-file.ts"
import type { Descriptor } from "../content/descriptor.ts"
import type { ExtensionKind } from "./annotations.ts"
import { boeRefusal, wasmRefusals } from "./consumers.ts"
import type { ExtensionContent } from "./extension-content.ts"
import type { ExtensionLayout } from "./layout.ts"
import { openModule } from "./open-module.ts"
import { readExtension } from "./read-extension.ts"
import { type ExtensionFormat, extensionFormats, writeExtension } from "./write-extension.ts"
import { writeExtensionIndex } from "./write-index.ts"

const amd64 = { os: "linux", architecture: "amd64" }
const arm64 = { os: "linux", architecture: "arm64" }
const wasmAt = (name: string) => ({ name, content: smallestWasm })
const readme = { name: "README.md", content: "hello" }
const boe = { "io.tetratelabs.built-on-envoy.extension.type": "rust" }

/** A layout as somebody else writes it, and what our reader and Envoy Gateway's find. */
interface Foreign {
  readonly writer: string
  readonly write: (target: MemoryTarget) => Descriptor
  readonly layout: ExtensionLayout
  /** Default `wasm`. */
  readonly kind?: ExtensionKind
  /** Default: the module's own. */
  readonly content?: string
  /** Whether Envoy Gateway and Istio read it. Default true. */
  readonly isGateway?: boolean
}

const gzipTar = "application/vnd.oci.image.layer.v1.tar+gzip"
const wasmLayer = "application/vnd.module.wasm.content.layer.v1+wasm"
const wasmConfig = "application/vnd.module.wasm.config.v1+json"
const module = { title: "plugin.wasm", mediaType: wasmLayer, content: smallestWasm }

const foreign: readonly Foreign[] = [
  { writer: "docker: FROM scratch and one COPY", write: (t) => dockerImage(t), layout: "docker-image" },
  {
    writer: "docker: module in a folder",
    write: (t) => dockerImage(t, { layers: [[{ name: "opt/", type: "5" }, wasmAt("opt/plugin.wasm")]] }),
    layout: "docker-image",
  },
  {
    writer: "docker: several layers, the module in the last",
    write: (t) => dockerImage(t, { layers: [[readme], [wasmAt("plugin.wasm")]] }),
    layout: "docker-image",
  },
  {
    writer: "docker: several layers, the module in all",
    write: (t) => dockerImage(t, { layers: [[{ name: "plugin.wasm", content: "old" }], [wasmAt("plugin.wasm")]] }),
    layout: "docker-image",
  },
  {
    writer: "docker: several layers, the module not in the last",
    write: (t) => dockerImage(t, { layers: [[wasmAt("plugin.wasm")], [readme]] }),
    layout: "docker-image",
    isGateway: false,
  },
  {
    writer: "docker: on a base image with links",
    write: (t) =>
      dockerImage(t, { layers: [[{ name: "bin", type: "2", linkName: "usr/bin" }], [wasmAt("plugin.wasm")]] }),
    layout: "docker-image",
  },
  {
    writer: "docker: links beside the module",
    write: (t) =>
      dockerImage(t, { layers: [[{ name: "bin", type: "2", linkName: "/usr/bin" }, wasmAt("a/plugin.wasm")]] }),
    layout: "docker-image",
  },
  {
    writer: "docker: an absolute name",
    write: (t) => dockerImage(t, { layers: [[wasmAt("/plugin.wasm")]] }),
    layout: "docker-image",
  },
  { writer: "buildah", write: (t) => buildahImage(t), layout: "oci-image" },
  {
    writer: "buildah: module in a folder",
    write: (t) => buildahImage(t, { layers: [[wasmAt("a/b/plugin.wasm")]] }),
    layout: "oci-image",
  },
  { writer: "buildah: zstd", write: (t) => buildahImage(t, {}, "zstd"), layout: "oci-image", isGateway: false },
  {
    writer: "buildah: not compressed",
    write: (t) => buildahImage(t, {}, "none"),
    layout: "oci-image",
    isGateway: false,
  },
  {
    writer: "buildah: the module removed and put elsewhere",
    write: (t) =>
      buildahImage(t, {
        layers: [
          [{ name: "a/plugin.wasm", content: "old" }],
          [wasmAt("b/plugin.wasm")],
          [{ name: "a/.wh.plugin.wasm" }],
        ],
      }),
    layout: "oci-image",
    isGateway: false,
  },
  {
    writer: "oras: module and config, OCI 1.0",
    write: (t) =>
      orasArtifactWithConfig(t, wasmConfig, [
        { title: "runtime-config.json", mediaType: wasmConfig, content: "{}" },
        module,
      ]),
    layout: "wasm-artifact",
  },
  {
    writer: "oras: module and config, OCI 1.1",
    write: (t) =>
      orasArtifact(t, [module, { title: "c.json", mediaType: wasmConfig, content: "{}" }], {
        artifactType: wasmConfig,
      }),
    layout: "wasm-artifact",
  },
  { writer: "oras: module alone", write: (t) => orasArtifact(t, [module]), layout: "wasm-artifact", isGateway: false },
  {
    writer: "oras: an archive with its documents",
    write: (t) =>
      orasArtifact(t, [
        { title: "spec.yaml", mediaType: "application/vnd.module.wasm.spec.v1+yaml", content: "a: 1" },
        { title: "plugin.tar.gz", mediaType: gzipTar, content: gzipSync(rawTar(wasmAt("plugin.wasm"))) },
      ]),
    layout: "oci-image",
  },
  {
    writer: "oras: a file without media type",
    write: (t) => orasArtifact(t, [{ title: "plugin.wasm", content: smallestWasm }]),
    layout: "file-artifact",
    isGateway: false,
  },
  {
    writer: "cosign upload wasm",
    write: (t) =>
      orasArtifactWithConfig(t, "application/vnd.wasm.config.v1+json", [
        { title: "m", mediaType: "application/vnd.wasm.content.layer.v1+wasm", content: smallestWasm },
      ]),
    layout: "wasm-artifact",
    isGateway: false,
  },
  {
    writer: "CNCF Wasm artifact",
    write: (t) =>
      orasArtifactWithConfig(t, "application/vnd.wasm.config.v0+json", [
        { title: "m.wasm", mediaType: "application/wasm", content: smallestWasm },
      ]),
    layout: "wasm-artifact",
    isGateway: false,
  },
  {
    writer: "buildx: two platforms and attestations",
    write: (t) =>
      buildxIndex(t, [
        [arm64, buildahImage(t, { layers: [[wasmAt("arm/plugin.wasm")]] })],
        [amd64, buildahImage(t)],
      ]),
    layout: "oci-image",
  },
  {
    writer: "buildx: a Rust module",
    write: (t) =>
      buildxIndex(t, [
        [
          amd64,
          buildahImage(t, {
            layers: [[{ name: "liba.so", content: "so" }], [{ name: "manifest.yaml" }]],
            annotations: { ...boe, "org.opencontainers.image.title": "a" },
          }),
        ],
      ]),
    layout: "oci-image",
    kind: "dynamic-module",
    content: "so",
    isGateway: false,
  },
  {
    writer: "docker: a library without annotations",
    write: (t) => dockerImage(t, { layers: [[{ name: "libx.so", content: "so" }]] }),
    layout: "docker-image",
    kind: "dynamic-module",
    content: "so",
    isGateway: false,
  },
  {
    writer: "docker: a Go plugin",
    write: (t) => dockerImage(t, { layers: [[{ name: "plugin.so", content: "so" }]] }),
    layout: "docker-image",
    kind: "go-plugin",
    content: "so",
    isGateway: false,
  },
  {
    writer: "docker: an external processor",
    write: (t) => dockerImage(t, { layers: [[{ name: "ext_proc-server", content: "elf" }]] }),
    layout: "docker-image",
    kind: "ext-proc",
    content: "elf",
    isGateway: false,
  },
  {
    writer: "oras: a composer library",
    write: (t) =>
      orasArtifact(t, [
        { title: "c.tar.gz", mediaType: gzipTar, content: gzipSync(rawTar({ name: "libcomposer.so", content: "so" })) },
      ]),
    layout: "oci-image",
    kind: "composer",
    content: "so",
    isGateway: false,
  },
]

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
