// Uploads of blobs: in one piece or in chunks, and on from where they broke.
import { AttacheError, isAttacheError } from "@attache/base"
import type { Descriptor } from "../content/descriptor.ts"
import type { Content, PushOptions } from "../content/target.ts"
import { verified } from "../content/verified.ts"
import type { HttpResponse } from "../http/exchange.ts"
import { createAttempts } from "../http/retry.ts"
import { uploadLocation } from "./links.ts"
import { existsAt } from "./manifests.ts"
import { type Place, pathOf, placeName, requestAt, scopeOf } from "./place.ts"

/** How a blob is uploaded. */
export interface UploadOptions extends PushOptions {
  /** Largest piece, in bytes. Default: the whole blob in one. */
  readonly chunkBytes?: number
}

/** An upload that the registry has begun. */
interface Upload {
  readonly location: URL
  /** Bytes that the registry has. */
  readonly offset: number
  /** Smallest chunk that it takes, in bytes. */
  readonly leastBytes: number
}

/** One blob on its way. */
interface Job {
  readonly place: Place
  readonly descriptor: Descriptor
  readonly content: Content
  readonly options: UploadOptions
  /** Called with the bytes that were read so far; those that are sent again do not count again. */
  readonly reached: (at: number) => void
}

/**
 * Uploads a blob, or has it mounted from another repository.
 *
 * After a failure that may pass the registry is asked how much it has, and the rest is sent; when it knows nothing of the
 * upload, it begins anew. Errors: ATT_OCI_DIGEST, ATT_OCI_SIZE, and those of asking.
 */
export async function uploadBlob(
  place: Place,
  descriptor: Descriptor,
  content: Content,
  options: UploadOptions,
): Promise<"mounted" | "pushed"> {
  let high = 0
  const reached = (at: number): void => {
    if (at > high) options.onBytes?.(at - high)
    high = Math.max(high, at)
  }
  const job: Job = { place, descriptor, content, options, reached }
  const { signal } = options
  const attempts = createAttempts({ ...place.session.retry, ...(signal === undefined ? {} : { signal }) })
  let upload: Upload | "mounted" | undefined
  for (;;) {
    try {
      upload ??= await begin(job)
      if (upload === "mounted") return "mounted"
      for await (upload of steps(job, upload)) attempts.renew()
      return "pushed"
    } catch (error) {
      const isForgotten = typeof upload === "object" && isAttacheError(error) && error.code === "ATT_OCI_NOT_FOUND"
      await attempts.after(isForgotten ? forgotten(error) : error)
      upload = typeof upload === "object" && !isForgotten ? await resume(job, upload) : undefined
      if (upload === undefined && (await existsAt(place, "blobs", descriptor, { ...options, isForPush: true })))
        return "pushed"
    }
  }
}

/** Registries give an upload up at any time, also between saying what they have of it and taking more. */
function forgotten({ code, message, facts }: AttacheError): AttacheError {
  return new AttacheError(code, message, { retry: "later", facts })
}

function ask(
  job: Job,
  more: Partial<Parameters<typeof requestAt>[1]> & {
    readonly path: string | URL
    readonly accepted: readonly number[]
  },
) {
  const { place, descriptor, options } = job
  const what = `push of ${placeName(place)}@${descriptor.digest}`
  const scopes = [scopeOf(place.repository, "pull,push")]
  return place.session.askOnce(requestAt(place, { what, scopes, ...more }, options))
}

async function begin(job: Job): Promise<Upload | "mounted"> {
  const { place, descriptor, options } = job
  const { mountFrom } = options
  const query = mountFrom === undefined ? "" : `?${new URLSearchParams({ mount: descriptor.digest, from: mountFrom })}`
  const scopes = [
    scopeOf(place.repository, "pull,push"),
    ...(mountFrom === undefined ? [] : [scopeOf(mountFrom, "pull")]),
  ]
  const path = `${pathOf(place, "blobs/uploads/")}${query}`
  const response = await ask(job, {
    method: "POST",
    path,
    scopes,
    headers: { "content-length": "0" },
    accepted: [201, 202],
  })
  await response.discard()
  return response.status === 201 ? "mounted" : uploadAt(response, 0)
}

function uploadAt(response: HttpResponse, offset: number): Upload {
  const least = Number(response.headers["oci-chunk-min-length"] ?? 0)
  return { location: uploadLocation(response), offset, leastBytes: Number.isSafeInteger(least) ? least : 0 }
}

/** Sends what is missing, giving the state after each chunk. */
async function* steps(job: Job, begun: Upload): AsyncGenerator<Upload> {
  const { size, digest } = job.descriptor
  let upload = begun
  const chunk = Math.max(job.options.chunkBytes ?? size, upload.leastBytes)
  if (upload.offset === 0 && chunk >= size) return finish(job, upload.location, digest)
  while (upload.offset < size) {
    upload = await sendChunk(job, upload, Math.min(size, upload.offset + chunk))
    yield upload
  }
  await finish(job, upload.location, digest, new Uint8Array())
}

async function sendChunk(job: Job, { location, offset }: Upload, end: number): Promise<Upload> {
  const response = await ask(job, {
    method: "PATCH",
    path: location,
    headers: {
      "content-type": "application/octet-stream",
      "content-length": String(end - offset),
      "content-range": `${offset}-${end - 1}`,
    },
    body: () => part(job, offset, end),
    accepted: [200, 202, 204],
  })
  await response.discard()
  return uploadAt(response, end)
}

/** Ends an upload, with the whole content unless it is there already. */
async function finish(job: Job, location: URL, digest: string, nothing?: Uint8Array): Promise<void> {
  const url = new URL(location)
  url.searchParams.set("digest", digest)
  const length = nothing?.length ?? job.descriptor.size
  const response = await ask(job, {
    method: "PUT",
    path: url,
    headers: { "content-type": "application/octet-stream", "content-length": String(length) },
    body: nothing ?? (() => part(job, 0, job.descriptor.size)),
    accepted: [200, 201, 204],
  })
  await response.discard()
}

/** What the registry has of an upload; undefined when it has forgotten it. */
async function resume(job: Job, { location, leastBytes }: Upload): Promise<Upload | undefined> {
  try {
    const response = await ask(job, { path: location, accepted: [200, 202, 204] })
    await response.discard()
    const end = /^(?:bytes=)?0-(\d+)$/.exec(String(response.headers.range ?? ""))?.[1]
    const next = response.headers.location === undefined ? location : uploadLocation(response)
    // An empty upload and one of a single byte look alike in old registries: begin anew.
    const offset = end === undefined || end === "0" ? 0 : Number(end) + 1
    if (offset === 0 || offset > job.descriptor.size) return undefined
    return { location: next, offset, leastBytes }
  } catch (error) {
    if (error instanceof AttacheError) return undefined
    throw error
  }
}

/** Content between two places, as long as promised or an error. */
async function part(job: Job, from: number, end: number): Promise<AsyncIterable<Uint8Array>> {
  const { content, descriptor, reached } = job
  if (content instanceof Uint8Array) return counted(inMemory(content.subarray(from, end)), from, end, reached)
  const opened = verified(await content(from), descriptor, { offset: from, from: "the source" })
  return counted(opened, from, end, reached)
}

async function* inMemory(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const step = 256 * 1024
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step)
}

async function* counted(
  content: AsyncIterable<Uint8Array>,
  from: number,
  end: number,
  reached: (at: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  let at = from
  for await (const chunk of content) {
    const wanted = chunk.length > end - at ? chunk.subarray(0, end - at) : chunk
    at += wanted.length
    if (wanted.length > 0) yield wanted
    reached(at)
    // The last piece reads on to the end, where the source is judged.
    if (at === end && chunk.length > wanted.length) return
  }
}
