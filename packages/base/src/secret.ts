import { inspect } from "node:util"

/**
 * Bytes that cannot be printed by accident: text, JSON and inspection all give `[secret]`.
 *
 * Only {@link Secret.reveal} gives the bytes; call it where they leave for Envoy and nowhere else.
 */
export class Secret {
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** The bytes themselves; the caller must not change them. */
  reveal(): Uint8Array {
    return this.#bytes
  }

  toString(): string {
    return "[secret]"
  }

  toJSON(): string {
    return "[secret]"
  }

  [inspect.custom](): string {
    return "[secret]"
  }
}
