export {
  create,
  type DescMessage,
  type JsonObject,
  type JsonValue,
  type Message,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf"
export type { Any, Duration, Timestamp } from "@bufbuild/protobuf/wkt"
export { codes } from "./codes.ts"
export { type Violation, violationOf } from "./constraints.ts"
export { decode, type TypedMessage, unpackAny, unpackAs } from "./decode.ts"
export { anyOf, encode } from "./encode.ts"
export type { Finding } from "./finding.ts"
export { fromJson, type ParsedMessage, parseJson } from "./from-json.ts"
export { normalize } from "./normalize.ts"
export { registry } from "./registry.ts"
export { enumSchema, findEnum, findMessage, messageSchema } from "./schema.ts"
export { toJson } from "./to-json.ts"
export { resourceTypeUrls, typeNameOf, typeUrlOf } from "./type-urls.ts"
export {
  AnySchema,
  BoolValueSchema,
  BytesValueSchema,
  DoubleValueSchema,
  DurationSchema,
  EmptySchema,
  Int64ValueSchema,
  ListValueSchema,
  StringValueSchema,
  StructSchema,
  TimestampSchema,
  UInt32ValueSchema,
  UInt64ValueSchema,
  ValueSchema,
} from "./well-known-schemas.ts"
