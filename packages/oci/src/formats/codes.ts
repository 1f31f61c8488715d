/** Cause and cure of the codes about what is in images and artifacts. */
export const formatCodes = {
  ATT_OCI_FORMAT: {
    cause:
      "an image or artifact has none of the layouts in which extensions are packed, or another kind of extension in it",
    cure: "look at it with attache inspect, and push it anew with attache push",
  },
  ATT_OCI_NO_MODULE: {
    cause: "an image or artifact does not hold the file that the proxy would load, such as plugin.wasm",
    cure: "put the module into the image under the name that its kind has",
  },
  ATT_OCI_NOT_WASM: {
    cause: "what should be a Wasm module is not a WebAssembly module of version 1",
    cure: "build it again, and check that the file is the module itself and not an archive, a text or a component",
  },
  ATT_OCI_PLATFORM: {
    cause:
      "an image is not there for the platform that is wanted, or the platform is not written as system/architecture",
    cure: "name one of the platforms that the message lists, or build from source",
  },
  ATT_OCI_EXTENSION_NAME: {
    cause: "an artifact's annotations give it a name or version that cannot be the name of a folder",
    cure: "do not use it; if it is yours, push it with a plain name and version",
  },
} as const
