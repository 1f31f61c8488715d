// What a registry's repository and a layout on disk have in common. Everything above reads and writes only through this.
import type { Descriptor } from "./descriptor.ts"

/** What every operation on a target takes. */
export interface TransferOptions {
  /** Aborts the operation; what was written in part stays invisible. */
  readonly signal?: AbortSignal
}

/** How content is read. */
export interface FetchOptions extends TransferOptions {
  /**
   * First byte wanted. Default 0. With another one only the size is verified: the digest is the receiver's to check.
   *
   * A source that cannot begin there reads and drops what comes before.
   */
  readonly offset?: number
}

/** Bytes of a manifest, with the descriptor that they fit. */
export interface FetchedManifest {
  readonly descriptor: Descriptor
  readonly bytes: Uint8Array
}

/** A manifest by its descriptor, or fetched already, which saves a round trip. */
export type ManifestRoot = Descriptor | FetchedManifest

/** The descriptor of a manifest, fetched or not. */
export function descriptorOf(root: ManifestRoot): Descriptor {
  return "bytes" in root ? root.descriptor : root
}

/** A manifest with its bytes, which are fetched only where they were not yet. Errors: those of {@link ReadTarget.fetchManifest}. */
export async function manifestOf(
  target: ReadTarget,
  root: ManifestRoot,
  options: TransferOptions,
): Promise<FetchedManifest> {
  return "bytes" in root ? root : target.fetchManifest(root, options)
}

/** Where manifests and blobs are read from. */
export interface ReadTarget {
  /** For messages: `registry/repository` or `oci-layout:directory`. */
  readonly name: string
  /** Set where blobs can be given to another repository of the same registry without being sent. */
  readonly mountable?: { readonly registry: string; readonly repository: string }
  /** The descriptor of a tag or digest; of "" the only manifest of a layout. Error: ATT_OCI_NOT_FOUND. */
  resolve(reference: string, options?: TransferOptions): Promise<Descriptor>
  /**
   * The content of a blob or manifest as it arrives.
   *
   * Digest and size are verified on the way: never more than `size` bytes come out, and of content that is not what its
   * descriptor says comes an error instead of the last piece.
   * Errors: ATT_OCI_DIGEST, ATT_OCI_SIZE, ATT_OCI_NOT_FOUND, and those of the network or disk.
   */
  fetch(descriptor: Descriptor, options?: FetchOptions): Promise<AsyncIterable<Uint8Array>>
  /**
   * A manifest in memory, verified; larger than the limit: ATT_OCI_LIMIT.
   *
   * @param wanted its descriptor, or what {@link resolve} takes: one round trip for both
   */
  fetchManifest(wanted: Descriptor | string, options?: TransferOptions): Promise<FetchedManifest>
  /** Manifests whose subject is this one, each once, sorted by digest; none when there are none. */
  referrers(descriptor: Descriptor, artifactType?: string, options?: TransferOptions): Promise<readonly Descriptor[]>
}

/**
 * Content to be written: in memory, or opened at an offset as often as it takes to write it.
 *
 * An interrupted upload goes on where the receiver stopped, so opening must give the same bytes each time.
 */
export type Content = Uint8Array | ((offset: number) => Promise<AsyncIterable<Uint8Array>>)

/** How content is written. */
export interface PushOptions extends TransferOptions {
  /** Repository of the same registry that has the blob, so that no byte needs to travel. */
  readonly mountFrom?: string
  /** For a manifest: also gives it this tag, in one step. */
  readonly tag?: string
  /** Called with the number of further bytes that were taken. */
  readonly onBytes?: (count: number) => void
}

/** How content came to be there: it was, another repository gave it, or its bytes were sent. */
export type PushOutcome = "existed" | "mounted" | "pushed"

/** Where manifests and blobs are written to. */
export interface Target extends ReadTarget {
  exists(descriptor: Descriptor, options?: TransferOptions): Promise<boolean>
  /**
   * Writes a blob or, by its media type, a manifest, under its digest.
   *
   * A manifest's content must be there before it. Content that is not what the descriptor says is refused and leaves
   * nothing behind. Errors: ATT_OCI_DIGEST, ATT_OCI_SIZE, and those of the network or disk.
   */
  push(descriptor: Descriptor, content: Content, options?: PushOptions): Promise<PushOutcome>
  /** Gives a manifest that is there a tag, which moves if it was somewhere else. */
  tag(descriptor: Descriptor, reference: string, options?: TransferOptions): Promise<void>
  /** Removes a tag and keeps the manifest, where the target can. Errors: ATT_OCI_NOT_FOUND, ATT_OCI_UNSUPPORTED. */
  untag(reference: string, options?: TransferOptions): Promise<void>
  /** Removes a manifest with its tags, or a blob. Errors: ATT_OCI_NOT_FOUND, ATT_OCI_UNSUPPORTED. */
  delete(descriptor: Descriptor, options?: TransferOptions): Promise<void>
  /** All tags, sorted. */
  tags(options?: TransferOptions): Promise<readonly string[]>
}
