// The module of an image for a policy: from the store where the policy may have what is there, else from the registry.
import { AttacheError, type Clock, isAttacheError, type Secret } from "@attache/base"
import type { Descriptor, ReadTarget } from "@attache/oci"
import type { ModuleContext, WasmRequest } from "@attache/translate"
import { fetchImage, type ImageFetch, type ImageJudge } from "./fetch-image.ts"
import { grant, revoke, type Standing, standingOf } from "./grants.ts"
import { imageFailure, inStep } from "./image-failure.ts"
import { type ImageSource, imageSource } from "./image-source.ts"
import { createJoinedRuns } from "./joined-runs.ts"
import type { LoadedModule } from "./loaded-module.ts"
import type { RegistryClients } from "./registry-clients.ts"
import type { ModuleStore, StoredModule } from "./store.ts"
import { withinTime } from "./within-time.ts"

/** What images are loaded with. */
export interface ImageLoaderOptions {
  readonly store: ModuleStore
  readonly clients: RegistryClients
  readonly clock: Clock
  /** The store's key, by which logins are noted. */
  readonly key: () => Promise<Secret>
  /** Whether layouts on disk may be named. */
  readonly areLayoutsAllowed: boolean
  /** True: nothing is asked, and a right that was ever proven counts. */
  readonly isOffline: boolean
  /** Default: every image is taken. */
  readonly signatures?: ImageJudge
  /** Longest time of one load, in milliseconds. Default 5 min. Source: Envoy Gateway 1.9. */
  readonly timeoutMs?: number
}

/** Loads the module of an image; says meanwhile what may be used until then, or that nothing may be any more. */
export type ImageLoader = (
  request: WasmRequest,
  signal: AbortSignal,
  context: Pick<ModuleContext, "secretData">,
  meanwhile: (module: LoadedModule | undefined) => void,
) => Promise<LoadedModule>

type Load = ImageLoaderOptions & ImageFetch

/** A module in the store that the request means. */
interface Cached {
  readonly module: LoadedModule
  /** Of the manifest or index by which it was found. */
  readonly digest: string
  readonly standing: Standing
}

/**
 * A loader over a store.
 *
 * Errors: ATT_MODULE_CHECKSUM, ATT_MODULE_OFFLINE, ATT_MODULE_LAYOUT, ATT_MODULE_STORE, ATT_MODULE_UNREACHABLE (time), and
 * those of registries, archives and signatures.
 */
export function createImageLoader(options: ImageLoaderOptions): ImageLoader {
  const transfers = createJoinedRuns<StoredModule>()
  return async (request, signal, context, meanwhile) => {
    const source = await imageSource(request, context, options)
    const load: Load = { ...options, source, signal, transfers }
    const cached = await findCached(load)
    if (cached !== undefined && isEnough(cached, load)) return cached.module
    if (options.isOffline) throw offline(source)
    if (cached !== undefined && cached.standing !== "none") meanwhile(cached.module)
    try {
      return await withinTime(load, `pull of ${source.name}`, (limited) => ask({ ...load, signal: limited }, cached))
    } catch (error) {
      signal.throwIfAborted()
      const failure = imageFailure(error, source.url, !source.wanted.includes(":"))
      if (failure.isRefused && cached !== undefined) await revoke(options.store.notes, source, cached.digest)
      if (failure.isDenied) meanwhile(undefined)
      throw failure.error
    }
  }
}

function isEnough({ standing }: Cached, { source, isOffline }: Load): boolean {
  if (isOffline) return standing !== "none"
  return standing === "given" && isKept(source)
}

/** Whether what the name meant before is what it means. */
function isKept({ isAlways, digests }: ImageSource): boolean {
  return !isAlways || digests.length > 0
}

async function findCached(load: Load): Promise<Cached | undefined> {
  const { source, store, clock, signatures } = load
  const { repository, digests } = source
  const { notes } = store
  const byTag = digests.length > 0 ? undefined : await notes.read("tag", source.name)
  const remembered = byTag === undefined ? digests : [byTag]
  const found = await Promise.all(remembered.map((digest) => notes.read("image", `${repository}@${digest}`)))
  const [digest] = remembered
  const [sha256] = found
  // Digests from two places must mean one module; where they do not, the registry's answer is compared with both.
  if (digest === undefined || sha256 === undefined || found.some((each) => each !== sha256)) return undefined
  const isTaken =
    signatures === undefined || (await notes.read("signed", `${repository}@${digest}\n${signatures.id}`)) !== undefined
  const path = isTaken ? await store.find(sha256) : undefined
  if (path === undefined) return undefined
  const standing = await standingOf(notes, source, digest, clock.now())
  return { module: { url: source.url, sha256, path, restore: restorer(load, digest) }, digest, standing }
}

/** Asks the registry whether it gives the image to who asks, and for its bytes where the store lacks them. */
async function ask(load: Load, cached: Cached | undefined): Promise<LoadedModule> {
  const { source, store, signal, clock } = load
  const { notes } = store
  using opened = source.open()
  const root = await inStep("could not fetch Wasm OCI image", () =>
    resolve(opened.target, source, cached?.digest, signal),
  )
  if (root.digest === cached?.digest) {
    await grant(notes, source, root.digest, clock.now())
    return cached.module
  }
  const { module, digests } = await fetchImage(load, opened.target, root)
  for (const digest of digests) {
    await notes.write("image", `${source.repository}@${digest}`, module.sha256)
    await grant(notes, source, digest, clock.now())
  }
  if (source.digests.length === 0) await notes.write("tag", source.name, root.digest)
  return { ...module, url: source.url, restore: restorer(load, root.digest) }
}

/** What the name means: what it meant when it was looked up first, unless it is to be looked up always or that is gone. */
async function resolve(
  target: ReadTarget,
  source: ImageSource,
  known: string | undefined,
  signal: AbortSignal,
): Promise<Descriptor> {
  if (known === undefined || !isKept(source)) return target.resolve(source.wanted, { signal })
  try {
    return await target.resolve(known, { signal })
  } catch (error) {
    const isGone = isAttacheError(error) && error.code === "ATT_OCI_NOT_FOUND"
    if (!isGone || source.digests.length > 0) throw error
    return target.resolve(source.wanted, { signal })
  }
}

/** Fetches the bytes of an image again, whatever its tag means by then. */
function restorer({ source, store, transfers, isOffline }: Load, digest: string): LoadedModule["restore"] {
  return async (signal) => {
    if (isOffline) throw offline(source)
    using opened = source.open()
    const root = await opened.target.resolve(digest, { signal })
    // Whether it may be taken was decided when it was taken.
    await fetchImage({ source: { ...source, digests: [] }, store, transfers, signal }, opened.target, root)
  }
}

function offline({ url }: ImageSource): AttacheError {
  return new AttacheError("ATT_MODULE_OFFLINE", `module ${url} is not in the store and fetching is off`, {
    hint: "run once without --offline",
    facts: { url },
  })
}
