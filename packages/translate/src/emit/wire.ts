// The few moves between plain objects and protobuf that every feature needs.
import { anyOf } from "@attache/envoy-api"
import type { DescMessage, MessageInitShape, MessageShape } from "@bufbuild/protobuf"
import type { Any } from "@bufbuild/protobuf/wkt"

/** Fields of a message as `encode` takes them: all optional, nested messages as plain objects. */
export type Init<S extends DescMessage> = Exclude<MessageInitShape<S>, MessageShape<S>>

/** An `Any` that holds a message of the given type. */
export function typed<S extends DescMessage>(schema: S, init: MessageInitShape<S>): Any {
  return anyOf(schema, init)
}

/** `{name, typed_config}` as Envoy's extension points take it. */
export function extension<S extends DescMessage>(
  name: string,
  schema: S,
  init: MessageInitShape<S>,
): { readonly name: string; readonly typedConfig: Any } {
  return { name, typedConfig: anyOf(schema, init) }
}

/** The object without the fields that are `undefined`, so that presence says something. */
export function defined<T extends object>(fields: T): Defined<T> {
  const out: Record<string, unknown> = {}
  for (const key in fields) {
    const value = fields[key]
    if (value !== undefined) out[key] = value
  }
  return out as Defined<T>
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}
