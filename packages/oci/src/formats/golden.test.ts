// Recorded artifacts of Built On Envoy's client, and what it made of them; see the README of the recordings.
import { existsSync, readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { bytesOf } from "../../test/byte-streams.ts"
import {
  type GoldenArtifact,
  goldenArtifacts,
  goldenDownloads,
  goldenTarget,
  hasGolden,
} from "../../test/golden-boe.ts"
import { createMemoryTarget } from "../../test/memory-target.ts"
import { tempFolder } from "../../test/temp-folder.ts"
import { packBytes } from "../archive/pack-file.ts"
import type { Manifest } from "../content/descriptor.ts"
import { boeAnnotations } from "./annotations.ts"
import { extensionFolder } from "./extension-folder.ts"
import { openModule } from "./open-module.ts"
import { parsePlatform } from "./platform.ts"
import { type Extension, readExtension } from "./read-extension.ts"
import { unpackExtension } from "./unpack-extension.ts"
import { writeExtension } from "./write-extension.ts"

const amd64 = parsePlatform("linux/amd64")

async function read({ repository, tag }: GoldenArtifact, platform = amd64): Promise<Extension> {
  const target = goldenTarget(repository)
  return readExtension(target, await target.resolve(tag), { platform })
}

/** Files below a folder. */
function filesBelow(folder: string): readonly string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()
  return paths.filter((path) => statSync(join(folder, path)).isFile())
}

/** What an artifact is refused for, and why that is better than what was recorded. */
const refused: Readonly<Record<string, readonly [code: string, why: string]>> = {
  "img-arm-1.2.3": ["ATT_OCI_PLATFORM", "not for this platform; recorded the same, then the source is built"],
  "img-arm-nosrc-1.2.3": ["ATT_OCI_PLATFORM", "not for this platform; recorded the same"],
  "img-single-arm-1.2.3": ["ATT_OCI_PLATFORM", "its config says arm64; recorded: taken, and fails in the proxy"],
  "img-nolayers-1.2.3": ["ATT_OCI_FORMAT", "there is nothing in it; recorded: fails a step later"],
  "img-symlink-1.2.3": ["ATT_ARCHIVE_LINK", "recorded: a file is written outside the folder"],
}

describe.skipIf(!hasGolden)("recorded artifacts", () => {
  it.each(goldenArtifacts.filter(({ id }) => refused[id] === undefined))("$id gives its files", async (artifact) => {
    const extension = await read(artifact)
    const folder = join(tempFolder(), "f")
    await unpackExtension(goldenTarget(artifact.repository), extension, folder)
    // Of an index, the recording of the child for this platform is the one whose layers are as many.
    const recorded = artifact.children === undefined ? artifact.layers : childFor(artifact)
    const wanted = recorded?.flat().filter(({ type }) => type === "file")
    const names = wanted?.map(({ name }) => name.replace(/^\//, "")).toSorted()
    const isLegacyLite = extension.name === "composer-lite" && names?.includes("libcomposer.so") === true
    expect(filesBelow(folder)).toEqual(
      isLegacyLite ? names?.map((name) => name.replace("libcomposer.so", "libcomposer-lite.so")).toSorted() : names,
    )
  })

  it.each(goldenArtifacts.filter(({ id }) => refused[id] !== undefined))("$id is refused", async (artifact) => {
    const outside = "/tmp/golden-outside"
    const wasThere = existsSync(outside)
    const folder = tempFolder()
    const attempt = async (): Promise<unknown> =>
      unpackExtension(goldenTarget(artifact.repository), await read(artifact), join(folder, "f"))
    await expect(attempt()).rejects.toMatchObject({ code: refused[artifact.id]?.[0] })
    expect(readdirSync(folder)).toEqual([])
    expect(existsSync(outside)).toBe(wasThere)
  })

  it("whose module is no Wasm unpack, and give no module", async () => {
    const fakes = goldenArtifacts.filter(({ id }) => id.includes("wasm"))
    expect(fakes).not.toEqual([])
    for (const artifact of fakes) {
      const opened = await openModule(goldenTarget(artifact.repository), await read(artifact))
      await expect(bytesOf(opened.content)).rejects.toMatchObject({ code: "ATT_OCI_NOT_WASM" })
    }
  })

  function childFor({ children = [] }: GoldenArtifact) {
    const platforms = children as readonly { platform?: { architecture: string } }[]
    return children[platforms.findIndex(({ platform }) => platform?.architecture === "amd64")]?.layers
  }
})

const downloads = goldenDownloads.flatMap((download) => {
  const artifact = goldenArtifacts.find(({ id }) => id === download.registry[0])
  return artifact === undefined ? [] : [{ ...download, artifact }]
})

/** The platform that a recorded download asks for; an empty one is the machine's. */
function platformOf(args: readonly string[]): string {
  const at = args.indexOf("--platform")
  const given = at < 0 ? "" : (args[at + 1] ?? "")
  return given === "" ? "linux/amd64" : given
}

describe.skipIf(!hasGolden)("recorded downloads", () => {
  const good = downloads.filter(({ exit, files }) => exit === 0 && files !== undefined)

  it.each(good.filter(({ artifact }) => refused[artifact.id] === undefined))(
    "$id: the same files in the same place",
    async ({ artifact, args, files = [] }) => {
      const root = tempFolder()
      const extension = await read(artifact, parsePlatform(platformOf(args)))
      await unpackExtension(goldenTarget(artifact.repository), extension, join(root, "dl", extensionFolder(extension)))
      expect(filesBelow(root)).toEqual(files.toSorted())
    },
  )

  it("that left their folder, wrote nothing or asked for another platform are refused", async () => {
    const codes: Record<string, string> = {}
    for (const { id, artifact, args } of downloads) {
      try {
        const extension = await read(artifact, parsePlatform(platformOf(args)))
        const folder = join(tempFolder(), extensionFolder(extension))
        await unpackExtension(goldenTarget(artifact.repository), extension, folder)
      } catch (error) {
        codes[id] = (error as { code: string }).code
      }
    }
    expect(codes).toEqual({
      // Recorded: the whole tree lands beside the folder asked for.
      "download-evil-title": "ATT_OCI_EXTENSION_NAME",
      // Recorded: a file lands where the link points.
      "download-img-symlink": "ATT_ARCHIVE_LINK",
      // Recorded: refused.
      "download-platform-darwin": "ATT_OCI_PLATFORM",
      // Recorded: success is reported and nothing is there.
      "download-platform-empty-parts": "ATT_OCI_PLATFORM",
    })
  })
})

describe.skipIf(!hasGolden)("what we write in the form of recorded artifacts", () => {
  const [pushed] = goldenArtifacts.filter(({ id }) => id === "plug-1.0.0")
  const [image] = goldenArtifacts.filter(({ id }) => id === "img-wasm-single-1.2.3")
  const common = {
    "org.opencontainers.image.authors": "Golden Author",
    "org.opencontainers.image.description": "Fixture",
    "org.opencontainers.image.licenses": "Apache-2.0",
  }

  it("has the media types and annotation names of the client's own push code", async () => {
    const target = createMemoryTarget()
    const files = [packBytes("manifest.yaml", "name: plug\n"), packBytes("plugin.so", "so")]
    const written = await writeExtension(
      target,
      { kind: "go-plugin", name: "plug", version: "1.0.0", composerVersion: "0.9.0", files, annotations: common },
      { format: "boe-artifact" },
    )
    const manifest = JSON.parse(Buffer.from(target.blobs.get(written.digest) ?? "").toString()) as Manifest
    expect(shapeOf(manifest)).toEqual(shapeOf(pushed?.manifest))
    expect(manifest.config).toEqual(pushed?.manifest.config)
  })

  it("has the media types and annotation names of an image", async () => {
    const target = createMemoryTarget()
    const files = [packBytes("plugin.wasm", Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]))]
    const times = { "org.opencontainers.image.created": "2026-01-01T00:00:00Z" }
    const origin = { "org.opencontainers.image.source": "https://x", "org.opencontainers.image.revision": "0" }
    const annotations = { ...common, ...times, ...origin }
    const written = await writeExtension(target, { kind: "wasm", name: "w", version: "1.2.3", files, annotations })
    const manifest = JSON.parse(Buffer.from(target.blobs.get(written.digest) ?? "").toString()) as Manifest
    const recorded = shapeOf(image?.manifest)
    expect(shapeOf(manifest)).toEqual({ ...recorded, layers: recorded.layers.slice(0, 1) })
    expect(manifest.annotations?.[boeAnnotations.artifact]).toBe("binary")
  })

  function shapeOf(manifest: Manifest | undefined) {
    return {
      mediaType: manifest?.mediaType,
      artifactType: manifest?.artifactType,
      config: manifest?.config.mediaType,
      layers: manifest?.layers.map(({ mediaType }) => mediaType) ?? [],
      annotations: Object.keys(manifest?.annotations ?? {}).toSorted(),
    }
  }
})
