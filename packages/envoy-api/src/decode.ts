import { errorFrom } from "@attache/base"
import { type DescMessage, fromBinary, type Message, type MessageShape } from "@bufbuild/protobuf"
import type { Any } from "@bufbuild/protobuf/wkt"
import { findMessage } from "./schema.ts"
import { typeNameOf } from "./type-urls.ts"

/**
 * The message in these bytes. Unknown fields are kept in `$unknown`.
 *
 * @throws AttacheError `ATT_PROTO_BYTES` for bytes that are no such message
 */
export function decode<S extends DescMessage>(schema: S, bytes: Uint8Array): MessageShape<S> {
  try {
    return fromBinary(schema, bytes)
  } catch (error) {
    throw errorFrom(error, "ATT_PROTO_BYTES", `cannot read ${schema.typeName}`)
  }
}

/** A message together with its schema. */
export interface TypedMessage {
  readonly schema: DescMessage
  readonly message: Message
}

/**
 * What an `Any` holds, or undefined if its type is not in Envoy's API.
 *
 * @throws AttacheError `ATT_PROTO_BYTES` for a value that is no message of the type it names
 */
export function unpackAny(any: Pick<Any, "typeUrl" | "value">): TypedMessage | undefined {
  const schema = findMessage(typeNameOf(any.typeUrl))
  return schema === undefined ? undefined : { schema, message: decode(schema, any.value) }
}

/**
 * What an `Any` holds if it is of the given type, else undefined.
 *
 * @throws AttacheError `ATT_PROTO_BYTES` for a value that is no message of the type it names
 */
export function unpackAs<S extends DescMessage>(
  schema: S,
  any: Pick<Any, "typeUrl" | "value">,
): MessageShape<S> | undefined {
  return typeNameOf(any.typeUrl) === schema.typeName ? decode(schema, any.value) : undefined
}
