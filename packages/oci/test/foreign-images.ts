// Extensions as other programs write them, and who reads them.
import { gzipSync } from "node:zlib"
import type { Descriptor } from "../src/content/descriptor.ts"
import type { ExtensionKind } from "../src/formats/annotations.ts"
import type { ExtensionLayout } from "../src/formats/layout.ts"
import {
  buildahImage,
  buildxIndex,
  dockerImage,
  orasArtifact,
  orasArtifactWithConfig,
  smallestWasm,
} from "./layout-fixtures.ts"
import type { MemoryTarget } from "./memory-target.ts"
import { rawTar } from "./raw-tar.ts"

const amd64 = { os: "linux", architecture: "amd64" }
const arm64 = { os: "linux", architecture: "arm64" }
const wasmAt = (name: string) => ({ name, content: smallestWasm })
const readme = { name: "README.md", content: "hello" }
const boe = { "io.tetratelabs.built-on-envoy.extension.type": "rust" }

/** A layout as somebody else writes it, and what our reader and Envoy Gateway's find. */
export interface ForeignImage {
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

/** One for each writer and way of writing. */
export const foreignImages: readonly ForeignImage[] = [
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
