/** Codes of this package: what happened, and what cures it. */
export const codes = {
  ATT_PROTO_BYTES: {
    cause: "bytes that should hold a protobuf message do not: they are cut off, damaged, or of another type",
    cure: "check that the sender speaks Envoy's API v3 and that nothing between changes the bytes",
  },
  ATT_PROTO_DEPTH: {
    cause: "messages are nested more than 100 deep",
    cure: "flatten the configuration; Envoy refuses such depth too",
  },
  ATT_PROTO_UNKNOWN_FIELD: {
    cause: "a field does not exist in this message of Envoy 1.40's API",
    cure: "correct the spelling, or remove a field that only a newer Envoy has",
  },
  ATT_PROTO_UNKNOWN_TYPE: {
    cause: "an Any names a message type that Envoy 1.40's API does not hold",
    cure: "correct the type URL; types of contrib and own extensions cannot be read here",
  },
  ATT_PROTO_VALUE: {
    cause: "a value is not of its field's type or outside of its range",
    cure: 'Give the value in protobuf\'s JSON form, such as "10s" for a duration',
  },
} as const
