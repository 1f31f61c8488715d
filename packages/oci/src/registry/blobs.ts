// Blobs of a repository as streams, continued where a connection broke.
import { AttacheError } from "@attache/base"
import type { Descriptor } from "../content/descriptor.ts"
import type { FetchOptions } from "../content/target.ts"
import type { HttpResponse } from "../http/exchange.ts"
import { type Attempts, createAttempts } from "../http/retry.ts"
import { type Place, pathOf, placeName, requestAt } from "./place.ts"

/** Bytes that must have come before attempts are counted anew: a peer that drops every connection is left at last. */
const progressBytes = 1024 * 1024

/**
 * Bytes of a blob from an offset on, not yet verified.
 *
 * A connection that breaks is made anew from where it broke, by `Range` where the registry knows it. The first answer is
 * awaited, so what is missing or forbidden fails here.
 */
export async function openBlob(
  place: Place,
  descriptor: Descriptor,
  options: FetchOptions,
): Promise<AsyncIterable<Uint8Array>> {
  const { offset = 0, signal } = options
  if (offset >= descriptor.size) return none()
  const attempts = createAttempts({ ...place.session.retry, ...(signal === undefined ? {} : { signal }) })
  const open = (from: number): Promise<HttpResponse> => askForBlob(place, descriptor, from, options)
  for (;;) {
    try {
      return bytesOf(await open(offset), descriptor, offset, open, attempts)
    } catch (error) {
      await attempts.after(error)
    }
  }
}

async function* none(): AsyncGenerator<Uint8Array> {}

async function askForBlob(
  place: Place,
  { digest, size }: Descriptor,
  from: number,
  options: FetchOptions,
): Promise<HttpResponse> {
  // A compressed transfer would count bytes that are none of the blob's.
  const whole = { "accept-encoding": "identity" }
  const ask = (headers: Readonly<Record<string, string>>, accepted: readonly number[]): Promise<HttpResponse> => {
    const what = `pull of ${placeName(place)}@${digest}`
    const request = { what, path: pathOf(place, `blobs/${digest}`), headers, accepted }
    return place.session.askOnce(requestAt(place, request, options))
  }
  if (from === 0) return ask(whole, [200])
  // Some understand a range only with its end.
  const part = await ask({ ...whole, range: `bytes=${from}-${size - 1}` }, [200, 206, 416])
  if (part.status !== 416) return part
  await part.discard()
  return ask(whole, [200])
}

async function* bytesOf(
  first: HttpResponse,
  { size, digest }: Descriptor,
  offset: number,
  open: (from: number) => Promise<HttpResponse>,
  attempts: Attempts,
): AsyncGenerator<Uint8Array, void, undefined> {
  let response: HttpResponse | undefined = first
  let at = offset
  let renewedAt = offset
  for (;;) {
    try {
      response ??= await open(at)
      for await (const chunk of remaining(response, at, digest)) {
        at += chunk.length
        yield chunk
        // More than was promised is the reader's to refuse.
        if (at > size) return
        if (at - renewedAt < progressBytes) continue
        renewedAt = at
        attempts.renew()
      }
      return
    } catch (error) {
      response = undefined
      await attempts.after(error)
    }
  }
}

/** What a response has of the content from a place on; it may begin there or at the very start. */
async function* remaining(
  { status, headers, url, body }: HttpResponse,
  at: number,
  digest: string,
): AsyncGenerator<Uint8Array> {
  if (status === 206 && Number(/^bytes (\d+)-/.exec(headers["content-range"] ?? "")?.[1]) !== at) {
    throw new AttacheError("ATT_OCI_PROTOCOL", `${url.host} gives another part of ${digest} than it was asked for`, {
      facts: { digest, offset: at },
    })
  }
  let drop = status === 206 ? 0 : at
  for await (const chunk of body) {
    const rest = drop === 0 ? chunk : chunk.subarray(Math.min(drop, chunk.length))
    drop -= chunk.length - rest.length
    if (rest.length > 0) yield rest
  }
}
