/** Finding codes of this package: what each means and what cures it. Codes never change their meaning. */
export const codes = {
  ATT_YAML_SYNTAX: {
    cause: "the text is no YAML or JSON that can be read",
    cure: "correct the line that is named; an editor with a YAML mode shows what is wrong there",
  },
  ATT_YAML_LIMIT: {
    cause: "the text is larger, deeper or more self-referencing than any real file",
    cure: "split it into several files, or write its aliases out",
  },
  ATT_YAML_NUMBER: {
    cause: "a number is no number that an object can hold, or an integer has more digits than can be kept",
    cure: "write a smaller number, or quote it if it is meant as a text",
  },
  ATT_YAML_NOT_AN_OBJECT: {
    cause: "a document is no Kubernetes object",
    cure: "give it apiVersion, kind and metadata.name",
  },
  ATT_RESOURCE_UNKNOWN_KIND: {
    cause: "nobody here knows the kind, so the object is left aside",
    cure: "correct apiVersion and kind; the nearest known ones are named",
  },
  ATT_RESOURCE_VERSION_NOT_SERVED: {
    cause: "the kind exists, but not in that version",
    cure: "use the version that is named",
  },
  ATT_RESOURCE_DEPRECATED_VERSION: {
    cause: "the version is still served and will go away",
    cure: "use the version that is named",
  },
  ATT_RESOURCE_UNKNOWN_FIELD: {
    cause: "the schema has no such field, so an API server drops it",
    cure: "correct its name or place; the nearest known one is named",
  },
  ATT_RESOURCE_SCHEMA: {
    cause: "a value does not fit the schema of its kind, so an API server refuses the object",
    cure: "give a value of the type, form and range that the message names",
  },
  ATT_RESOURCE_RULE: {
    cause: "a rule of the kind does not hold, so an API server refuses the object",
    cure: "read the message: it is the rule's own and says what must hold",
  },
  ATT_RESOURCE_NAME: {
    cause: "an object's name or namespace is no name",
    cure: "use lower case letters, digits and '-', in most names also '.', with a letter or digit at both ends",
  },
  ATT_RESOURCE_LOOPBACK_ENDPOINT: {
    cause: "an EndpointSlice has a loopback address, which an API server refuses",
    cure: "use a Backend object for loopback addresses",
  },
  ATT_RESOURCE_NOT_CONFIGURATION: {
    cause: "a document that should configure the control plane is of another kind",
    cure: "give it apiVersion: gateway.envoyproxy.io/v1alpha1 and kind: EnvoyGateway",
  },
} as const satisfies Readonly<Record<string, { readonly cause: string; readonly cure: string }>>

/** One of the codes of this package. */
export type KubeApiCode = keyof typeof codes
