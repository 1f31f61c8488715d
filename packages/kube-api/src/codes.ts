/** Finding codes of this package: what each means and what cures it. Codes never change their meaning. */
export const codes = {
  ATT_YAML_SYNTAX: {
    cause: "The text is no YAML (or JSON) that can be read.",
    cure: "Correct the line that is named; editors with a YAML mode show it.",
  },
  ATT_YAML_LIMIT: {
    cause: "The text is larger, deeper or more self-referencing than any real file.",
    cure: "Split it, or write aliases out.",
  },
  ATT_YAML_NOT_AN_OBJECT: {
    cause: "A document is no Kubernetes object.",
    cure: "Give it apiVersion, kind and metadata.name.",
  },
  ATT_RESOURCE_UNKNOWN_KIND: {
    cause: "Nobody here knows the kind.",
    cure: "Correct apiVersion and kind; the nearest known ones are named.",
  },
  ATT_RESOURCE_VERSION_NOT_SERVED: {
    cause: "The kind exists, but not in that version.",
    cure: "Use the version that is named.",
  },
  ATT_RESOURCE_DEPRECATED_VERSION: {
    cause: "The version is still served and going away.",
    cure: "Use the version that is named.",
  },
  ATT_RESOURCE_UNKNOWN_FIELD: {
    cause: "The schema has no such field; the API server drops it.",
    cure: "Correct its name or place; the nearest known one is named.",
  },
  ATT_RESOURCE_SCHEMA: {
    cause: "A value does not fit the schema.",
    cure: "Give a value of the type, form and range that is named.",
  },
  ATT_RESOURCE_RULE: { cause: "A rule of the kind does not hold.", cure: "Read the message: it is the rule's own." },
  ATT_RESOURCE_NAME: {
    cause: "An object's name or namespace is missing or no name.",
    cure: "Use lower case letters, digits, '-' and '.'.",
  },
  ATT_RESOURCE_LOOPBACK_ENDPOINT: {
    cause: "An EndpointSlice has a loopback address, which the API server refuses.",
    cure: "Use a Backend object for loopback addresses.",
  },
} as const
