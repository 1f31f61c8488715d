/** How Envoy sends a body; `full-duplex-streamed` lets the answer have other chunks than the question. */
export const bodyModes = ["none", "streamed", "buffered", "buffered-partial", "full-duplex-streamed"] as const

/** One of {@link bodyModes}. */
export type BodyMode = (typeof bodyModes)[number]

/** Part of a body: all of it when buffered, one chunk when streamed. Unchanged unless one of the methods is called. */
export interface BodyChunk {
  /** Content as Envoy sent it. Owned by the handler. */
  readonly bytes: Uint8Array
  /** Nothing follows: no further chunk and no trailers. */
  readonly endOfStream: boolean
  /** What Envoy announced for this direction; `none` when it announced nothing. */
  readonly mode: BodyMode
  /** Content as UTF-8. A character cut by a chunk's border reads as U+FFFD. */
  text(): string
  /** Sends this in place of the chunk. An announced `content-length` goes along when the body is buffered. */
  replace(content: string | Uint8Array): void
  /** Sends nothing in place of the chunk. */
  clear(): void
  /**
   * `full-duplex-streamed` only: answers nothing for this chunk. What is to be sent instead, and the end of the stream, is
   * up to `exchange.writeRequestBody` or `exchange.writeResponseBody`.
   */
  hold(): void
}

/** What a handler wants done with a chunk. */
export type ChunkDecision =
  | { readonly kind: "keep" }
  | { readonly kind: "replace"; readonly content: Uint8Array }
  | { readonly kind: "hold" }

/** {@link BodyChunk} together with the decision taken. */
export interface TrackedChunk {
  readonly chunk: BodyChunk
  decision(): ChunkDecision
}

const keep: ChunkDecision = { kind: "keep" }
const empty = new Uint8Array(0)

export function trackChunk(bytes: Uint8Array, endOfStream: boolean, mode: BodyMode): TrackedChunk {
  let decision = keep
  const chunk: BodyChunk = {
    bytes,
    endOfStream,
    mode,
    text: () => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"),
    replace(content) {
      decision = { kind: "replace", content: typeof content === "string" ? Buffer.from(content) : content }
    },
    clear() {
      decision = { kind: "replace", content: empty }
    },
    hold() {
      if (mode !== "full-duplex-streamed")
        throw new Error(`a chunk of a ${mode} body cannot be held: Envoy waits for it`)
      decision = { kind: "hold" }
    },
  }
  return { chunk, decision: () => decision }
}
