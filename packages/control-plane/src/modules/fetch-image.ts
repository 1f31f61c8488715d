// The module in an image, fetched and checked: manifest, digests, signatures, then the bytes.
import { AttacheError } from "@attache/base"
import { type Descriptor, type Extension, openModule, type ReadTarget, readExtension } from "@attache/oci"
import { inStep } from "./image-failure.ts"
import type { ImageSource } from "./image-source.ts"
import type { JoinedRuns } from "./joined-runs.ts"
import type { ModuleStore, StoredModule } from "./store.ts"

/** Decides which images are taken. */
export interface ImageJudge {
  /** Changes with what is decided: images that were taken under another one are judged anew. */
  readonly id: string
  /** Rejects an image that is not taken, with the text for the policy's status. @param repository `registry/path` */
  judge(target: ReadTarget, extension: Extension, repository: string, signal: AbortSignal): Promise<void>
}

/** What images are fetched with. */
export interface ImageFetch {
  readonly source: ImageSource
  readonly store: ModuleStore
  /** Transfers of bytes, by image. */
  readonly transfers: JoinedRuns<StoredModule>
  readonly signatures?: ImageJudge
  readonly signal: AbortSignal
}

/** A module that an image holds. */
export interface FetchedModule {
  readonly module: StoredModule
  /** Of the index, if there is one, and of the manifest. */
  readonly digests: readonly string[]
}

/**
 * Reads an image; its bytes only where the store lacks them, and once for all that want them at the same time.
 *
 * Errors: ATT_MODULE_CHECKSUM, ATT_MODULE_STORE, those of signatures, archives and the target.
 */
export async function fetchImage(fetch: ImageFetch, target: ReadTarget, root: Descriptor): Promise<FetchedModule> {
  const { source, store, signal, signatures } = fetch
  const { repository } = source
  const extension = await inStep("could not fetch Wasm OCI image", () =>
    readExtension(target, root, { kind: "wasm", signal }),
  )
  const manifest = extension.manifest.digest
  const digests = [...new Set([root.digest, manifest])]
  for (const wanted of source.digests) if (!digests.includes(wanted)) throw wrongDigest(source.url, wanted, manifest)
  if (signatures !== undefined) {
    await signatures.judge(target, extension, repository, signal)
    for (const digest of digests) await store.notes.write("signed", `${repository}@${digest}\n${signatures.id}`, "yes")
  }
  const known = await store.notes.read("image", `${repository}@${manifest}`)
  const path = known === undefined ? undefined : await store.find(known)
  if (known !== undefined && path !== undefined) return { module: { sha256: known, path }, digests }
  const transfer = (joined: AbortSignal): Promise<StoredModule> => fetchBytes(source, store, extension, joined)
  const module = await fetch.transfers.join(`${repository}@${manifest}`, signal, transfer)
  return { module, digests }
}

/** With a use of the client of its own: others may wait for the bytes when who began has left. */
async function fetchBytes(
  source: ImageSource,
  store: ModuleStore,
  extension: Extension,
  signal: AbortSignal,
): Promise<StoredModule> {
  using opened = source.open()
  return await inStep("could not fetch Wasm binary", async () => {
    const { content } = await openModule(opened.target, extension, { signal })
    return store.put(content)
  })
}

/** Digests as Envoy Gateway writes them: without the algorithm. */
function wrongDigest(url: string, wanted: string, actual: string): AttacheError {
  const [expected, found] = [wanted, actual].map((digest) => digest.replace(/^sha256:/, ""))
  const text = `module downloaded from ${url} has checksum ${found}, which does not match: ${expected}`
  return new AttacheError("ATT_MODULE_CHECKSUM", text, {
    hint: "correct the digest, or find out who changed the image",
    facts: { url, expected: expected ?? "", actual: found ?? "" },
  })
}
