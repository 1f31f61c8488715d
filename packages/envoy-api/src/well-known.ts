/** Whether the wrapper type of a scalar, such as `google.protobuf.UInt32Value`. */
export function isWrapper(typeName: string): boolean {
  return /^google\.protobuf\.(?:Double|Float|U?Int(?:32|64)|Bool|String|Bytes)Value$/.test(typeName)
}

/** Whether the JSON form of a message is something else than an object of its fields. */
export function hasOwnJsonForm(typeName: string): boolean {
  return (
    /^google\.protobuf\.(?:Any|Timestamp|Duration|FieldMask|Struct|Value|ListValue)$/.test(typeName) ||
    isWrapper(typeName)
  )
}
