import { createHash } from "node:crypto"
import { createReadStream } from "node:fs"
import { stat } from "node:fs/promises"
import { AttacheError, errorFrom } from "@attache/base"
import {
  type Descriptor,
  type ImageTree,
  type ImageVerification,
  inspectImage,
  type ModuleReader,
  maxExtensionBytes,
  type TrustedKey,
  verifyImage,
} from "@attache/oci"
import { type Inspection, inspectModule } from "@attache/wasm-host"
import { createModuleOutline } from "./module-outline.ts"
import type { OpenedReference } from "./registry-access.ts"

/** What a reference names, whole. */
export interface InspectedReference {
  readonly reference: string
  readonly tree: ImageTree<Inspection>
  readonly signatures: ImageVerification & {
    /** `unsigned`; `unverified`: signed, and no key was given; `verified` or `refused` by the keys given. */
    readonly state: "unsigned" | "unverified" | "verified" | "refused"
  }
}

/** What is in a module's file. */
export interface InspectedFile {
  readonly file: string
  readonly sha256: string
  readonly facts: Inspection
}

/**
 * The tree below a reference, with facts of modules, and how it stands with signatures.
 *
 * Errors: those of reading it; what is wrong inside it is among the tree's problems.
 */
export async function inspectReference(
  { target, within, text }: OpenedReference,
  keys: readonly TrustedKey[],
  hasFiles: boolean,
  signal: AbortSignal,
): Promise<InspectedReference> {
  const root = await target.fetchManifest(within, { signal })
  const tree = await inspectImage(target, root, { readModule, files: hasFiles, signal })
  const verification = await verifyImage(target, manifestsOf(tree), { keys }, { signal })
  const { found, signatures } = verification
  const judged = signatures.length > 0 ? "verified" : keys.length > 0 ? "refused" : "unverified"
  return { reference: text, tree, signatures: { state: found === 0 ? "unsigned" : judged, ...verification } }
}

function readModule(size: number): ModuleReader<Inspection> {
  const { bytes, write } = createModuleOutline(size)
  return { write, end: () => inspectModule(bytes) }
}

/** The root and all manifests below it, any of which may be signed. */
function manifestsOf(tree: ImageTree<Inspection>): readonly Descriptor[] {
  if (tree.form === "manifest") return [tree.descriptor]
  return [tree.descriptor, ...tree.manifests.flatMap(manifestsOf)]
}

/** Facts of a module on disk. Errors: ATT_PACKAGE_NOTHING (unreadable), ATT_OCI_LIMIT (larger than Envoy Gateway takes). */
export async function inspectFile(path: string): Promise<InspectedFile> {
  try {
    const { size } = await stat(path)
    if (size > maxExtensionBytes.wasm)
      throw new AttacheError("ATT_OCI_LIMIT", `${path} has ${size} bytes, and ${maxExtensionBytes.wasm} are the most`, {
        facts: { path },
      })
    const [hash, reader] = [createHash("sha256"), readModule(size)]
    for await (const piece of createReadStream(path) as AsyncIterable<Uint8Array>) {
      hash.update(piece)
      reader.write(piece)
    }
    return { file: path, sha256: hash.digest("hex"), facts: reader.end() }
  } catch (error) {
    throw errorFrom(error, "ATT_PACKAGE_NOTHING", `${path} cannot be read`, { facts: { path } })
  }
}
