import type { DescMessage, Registry } from "@bufbuild/protobuf"
import { findEnum, findMessage } from "./schema.ts"

/**
 * Every message and enum of Envoy's API for protobuf-es' functions, each described when first asked for.
 *
 * It cannot be iterated and knows neither extensions nor services.
 */
export const registry: Registry = {
  kind: "registry",
  get: (typeName) => findMessage(typeName) ?? findEnum(typeName),
  getMessage: findMessage,
  getEnum: findEnum,
  getExtension: () => undefined,
  getExtensionFor: () => undefined,
  getService: () => undefined,
  [Symbol.iterator]: () => {
    throw new Error("the registry of Envoy's API cannot be iterated")
  },
}

/** The schema itself, or that of the message with this full name, which must exist: ask `findMessage` for names from outside. */
export function schemaOf(type: DescMessage | string): DescMessage {
  if (typeof type !== "string") return type
  const schema = findMessage(type)
  if (schema === undefined) throw new Error(`Envoy's API has no message ${type}`)
  return schema
}
