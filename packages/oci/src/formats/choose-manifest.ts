import { AttacheError } from "@attache/base"
import { type Descriptor, isImageIndex, type Manifest, type Platform } from "../content/descriptor.ts"
import { parseManifest } from "../content/read-manifest.ts"
import {
  descriptorOf,
  type ManifestRoot,
  manifestOf,
  type ReadTarget,
  type TransferOptions,
} from "../content/target.ts"
import { type Annotations, factsOf } from "./annotations.ts"
import { chooseForPlatform, isAttestation } from "./platform.ts"

/** Indexes one in another at most; real ones are one deep. */
export const maxIndexDepth = 4

/** A manifest, found through as many indexes as it took. */
export interface ChosenManifest {
  /** As its index lists it: with the platform. */
  readonly descriptor: Descriptor
  readonly manifest: Manifest
  /** Of the indexes and the manifest; the inner ones win. */
  readonly annotations: Annotations
}

/**
 * The manifest that an index or manifest means on a platform.
 *
 * An index that says it is Wasm gives its first real entry to who asks for a platform, for such modules run everywhere.
 * Errors: ATT_OCI_PLATFORM, ATT_OCI_MANIFEST, ATT_OCI_LIMIT (depth), and those of the target.
 */
export async function chooseManifest(
  target: ReadTarget,
  root: ManifestRoot,
  platform: Platform | undefined,
  options: TransferOptions = {},
): Promise<ChosenManifest> {
  let at = root
  let annotations: Annotations = {}
  for (let depth = 0; depth <= maxIndexDepth; depth++) {
    const { descriptor: found, bytes } = await manifestOf(target, at, options)
    const manifest = parseManifest(bytes, found.mediaType, found.digest)
    annotations = { ...annotations, ...manifest.annotations }
    if (!isImageIndex(manifest)) {
      const { platform: listed } = descriptorOf(at)
      const merged = listed === undefined ? found : { ...found, platform: listed }
      return { descriptor: merged, manifest, annotations }
    }
    // As Built On Envoy does, which asks for the host's; Envoy Gateway and Istio ask for none, and pin what they then get.
    const isWasm = platform !== undefined && factsOf(annotations).kind === "wasm"
    const first = isWasm ? manifest.manifests.find((entry) => !isAttestation(entry)) : undefined
    at = first ?? chooseForPlatform(manifest.manifests, platform, `${target.name}@${found.digest}`)
  }
  throw tooDeep(descriptorOf(root))
}

/** The error for indexes that go on listing indexes. */
export function tooDeep({ digest }: Descriptor): AttacheError {
  return new AttacheError("ATT_OCI_LIMIT", `index ${digest} lists indexes more than ${maxIndexDepth} deep`, {
    facts: { digest, limit: maxIndexDepth },
  })
}
