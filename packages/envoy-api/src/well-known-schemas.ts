import type { GenMessage } from "@bufbuild/protobuf/codegenv2"
import type {
  Any,
  BoolValue,
  BytesValue,
  DoubleValue,
  Duration,
  Empty,
  Int64Value,
  ListValue,
  StringValue,
  Struct,
  Timestamp,
  UInt32Value,
  UInt64Value,
  Value,
} from "@bufbuild/protobuf/wkt"
import { messageSchema } from "./schema.ts"

/** Schema of `google.protobuf.Any`. */
export const AnySchema: GenMessage<Any> = messageSchema("google.protobuf.Any")

/** Schema of `google.protobuf.BoolValue`. */
export const BoolValueSchema: GenMessage<BoolValue> = messageSchema("google.protobuf.BoolValue")

/** Schema of `google.protobuf.BytesValue`. */
export const BytesValueSchema: GenMessage<BytesValue> = messageSchema("google.protobuf.BytesValue")

/** Schema of `google.protobuf.DoubleValue`. */
export const DoubleValueSchema: GenMessage<DoubleValue> = messageSchema("google.protobuf.DoubleValue")

/** Schema of `google.protobuf.Duration`. */
export const DurationSchema: GenMessage<Duration> = messageSchema("google.protobuf.Duration")

/** Schema of `google.protobuf.Empty`. */
export const EmptySchema: GenMessage<Empty> = messageSchema("google.protobuf.Empty")

/** Schema of `google.protobuf.Int64Value`. */
export const Int64ValueSchema: GenMessage<Int64Value> = messageSchema("google.protobuf.Int64Value")

/** Schema of `google.protobuf.ListValue`. */
export const ListValueSchema: GenMessage<ListValue> = messageSchema("google.protobuf.ListValue")

/** Schema of `google.protobuf.StringValue`. */
export const StringValueSchema: GenMessage<StringValue> = messageSchema("google.protobuf.StringValue")

/** Schema of `google.protobuf.Struct`; as a field it is a plain JSON object. */
export const StructSchema: GenMessage<Struct> = messageSchema("google.protobuf.Struct")

/** Schema of `google.protobuf.Timestamp`. */
export const TimestampSchema: GenMessage<Timestamp> = messageSchema("google.protobuf.Timestamp")

/** Schema of `google.protobuf.UInt32Value`. */
export const UInt32ValueSchema: GenMessage<UInt32Value> = messageSchema("google.protobuf.UInt32Value")

/** Schema of `google.protobuf.UInt64Value`. */
export const UInt64ValueSchema: GenMessage<UInt64Value> = messageSchema("google.protobuf.UInt64Value")

/** Schema of `google.protobuf.Value`. */
export const ValueSchema: GenMessage<Value> = messageSchema("google.protobuf.Value")
