import type { Descriptor } from "../content/descriptor.ts"

/** A signature as it was found, of which nothing is verified yet. */
export type FoundSignature = CosignSignature | BundleSignature

/** A classic signature of cosign: a payload, and the rest in annotations. */
export interface CosignSignature {
  readonly form: "cosign"
  /** The image whose signature it was found as. */
  readonly subject: Descriptor
  readonly payload: Uint8Array
  readonly signature: Uint8Array
  /** Of keyless ones: the signer's certificate in PEM. */
  readonly certificate?: string
  /** Of keyless ones: the entry of the transparency log, in JSON. */
  readonly rekor?: string
}

/** A Sigstore bundle: everything in one document. */
export interface BundleSignature {
  readonly form: "bundle"
  /** The image whose signature it was found as. */
  readonly subject: Descriptor
  readonly json: Uint8Array
}
