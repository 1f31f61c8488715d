import type { Transform } from "node:stream"
import { pipeline } from "node:stream/promises"
import type { ByteStream } from "./byte-reader.ts"

/**
 * What comes out of a transform fed with a stream. Errors of the source come out as they are, others named.
 *
 * Abandoning the iteration ends the source without waiting for it.
 */
export async function* through(
  source: ByteStream,
  transform: Transform,
  named: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array, void, undefined> {
  let sourceError: { readonly error: unknown } | undefined
  const fed = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* source
    } catch (error) {
      sourceError = { error }
      throw error
    }
  }
  // A failure comes out of the transform too and is heard there.
  pipeline(fed, transform).catch(() => {})
  try {
    for await (const piece of transform) yield piece as Uint8Array
  } catch (error) {
    throw sourceError === undefined ? named(error) : sourceError.error
  } finally {
    transform.destroy()
  }
}
