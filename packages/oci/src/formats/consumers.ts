import type { Manifest } from "../content/descriptor.ts"
import { mediaTypes } from "../content/media-types.ts"
import { factsOf } from "./annotations.ts"
import { boeArtifactType, wasmTypes } from "./layer-types.ts"

/** Programs that pull extensions and each read their own layouts. */
export type Consumer = "envoy-gateway" | "istio" | "boe"

/** Why each consumer would refuse a manifest; absent for those that would take it. */
export type Refusals = Readonly<Partial<Record<Consumer, string>>>

/**
 * Who reads a manifest of a Wasm module, judged by media types and annotations as each of them does.
 *
 * Source: Envoy Gateway 1.9 `internal/wasm/imagefetcher.go`, Istio `pkg/wasm/imagefetcher.go` (the same rules), Built On
 * Envoy b911ffa `cli/internal/oci`. The archive in the last layer is not looked into: it must hold `plugin.wasm`.
 */
export function wasmRefusals(manifest: Manifest, mediaType: string): Refusals {
  const fetcher = fetcherRefusal(manifest)
  const boe = boeRefusal(manifest, mediaType)
  return {
    ...(fetcher === undefined ? {} : { "envoy-gateway": fetcher, istio: fetcher }),
    ...(boe === undefined ? {} : { boe }),
  }
}

/** Why Built On Envoy's client would refuse a manifest of any kind; undefined when it takes it. */
export function boeRefusal(manifest: Manifest, mediaType: string): string | undefined {
  if (mediaType !== mediaTypes.ociManifest) return "it is not an OCI manifest"
  const { kind, name, version, artifact } = factsOf(manifest.annotations ?? {})
  const missing = Object.entries({ type: kind, title: name, version, artifact }).find(
    ([, value]) => value === undefined,
  )
  if (missing !== undefined) return `it has no annotation for its ${missing[0]}`
  if (manifest.layers.length === 0) return "it has no layers"
  const odd = manifest.layers.find(({ mediaType: type }) => type !== mediaTypes.ociLayerGzip)
  if (odd !== undefined) return `it has a layer of type ${odd.mediaType}`
  const isOddArtifact = manifest.artifactType !== undefined && manifest.artifactType !== boeArtifactType
  return isOddArtifact ? `its artifact type is ${manifest.artifactType}` : undefined
}

/** The media type counts that is in the document itself, whatever the registry says. */
function fetcherRefusal({ layers, mediaType }: Manifest): string | undefined {
  const last = layers.at(-1)?.mediaType ?? "nothing"
  const unknown = layers.find(({ digest }) => !digest.startsWith("sha256:"))
  if (unknown !== undefined) return `its layer ${unknown.digest.slice(0, 19)} is not named by sha256`
  if (mediaType === mediaTypes.dockerManifest) {
    return last === mediaTypes.dockerLayerGzip
      ? undefined
      : `its last layer is ${last}, not ${mediaTypes.dockerLayerGzip}`
  }
  if (last === mediaTypes.ociLayerGzip) return undefined
  if (!layers.some(({ mediaType: type }) => type === wasmTypes.content)) {
    return `its last layer is ${last}, not ${mediaTypes.ociLayerGzip}, and none is ${wasmTypes.content}`
  }
  return layers.length === 2 ? undefined : `it has ${layers.length} layers, not two`
}
