import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { AttacheError } from "@attache/base"
import type { Descriptor, Manifest } from "../src/content/descriptor.ts"
import type { ReadTarget } from "../src/content/target.ts"
import { verified, verifyBytes } from "../src/content/verified.ts"

const root = process.env.ATTACHE_GOLDEN ?? resolve(import.meta.dirname, "../../../../shared/golden")
const folder = join(root, "boe")

/** Whether what Built On Envoy's client does was recorded here. */
export const hasGolden: boolean = existsSync(join(folder, "registry/tags.json"))

/** A recorded artifact. */
export interface GoldenArtifact {
  readonly id: string
  readonly repository: string
  readonly tag: string
  readonly manifest: Manifest
  readonly layers?: readonly (readonly GoldenEntry[])[]
  readonly children?: readonly { readonly layers: readonly (readonly GoldenEntry[])[] }[]
}

/** An entry of a recorded layer. */
export interface GoldenEntry {
  readonly name: string
  readonly type: "file" | "dir" | "symlink"
  readonly size?: number
}

/** A recorded download. */
export interface GoldenDownload {
  readonly id: string
  readonly args: readonly string[]
  readonly registry: readonly string[]
  readonly exit: number
  readonly files?: readonly string[]
  readonly notable?: readonly string[]
}

/** All recorded artifacts; none where there are no recordings. */
export const goldenArtifacts: readonly GoldenArtifact[] = hasGolden
  ? readdirSync(join(folder, "oci"))
      .sort()
      .map((file) => readJson(`oci/${file}`) as GoldenArtifact)
  : []

/** All recorded downloads; none where there are no recordings. */
export const goldenDownloads: readonly GoldenDownload[] = hasGolden
  ? (readJson("download/cases.json") as readonly GoldenDownload[])
  : []

/** A repository of the recorded registry. */
export function goldenTarget(repository: string): ReadTarget {
  const tags = (readJson("registry/tags.json") as Record<string, Record<string, Descriptor>>)[repository] ?? {}
  const read = ({ digest }: Descriptor): Uint8Array =>
    readFileSync(join(folder, "registry/blobs/sha256", digest.replace("sha256:", "")))
  const resolve = (reference: string): Descriptor => {
    const descriptor = tags[reference]
    if (descriptor !== undefined) return descriptor
    throw new AttacheError("ATT_OCI_NOT_FOUND", `${repository} has no ${reference}`)
  }
  return {
    name: `golden.example/${repository}`,
    resolve: async (reference) => resolve(reference),
    fetch: async (descriptor) => verified(once(read(descriptor)), descriptor, { from: repository }),
    async fetchManifest(wanted) {
      const descriptor = typeof wanted === "string" ? resolve(wanted) : wanted
      const bytes = read(descriptor)
      verifyBytes(bytes, descriptor, repository)
      return { descriptor, bytes }
    },
    referrers: async () => [],
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(folder, path), "utf8"))
}
