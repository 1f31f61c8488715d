/** Error and finding codes of this package: what each means and what cures it. Codes never change their meaning. */
export const codes = {
  ATT_FILE_DUPLICATE_OBJECT: {
    cause: "The same object stands in two files; the one of the first file by path is used.",
    cure: "Keep one of the two.",
  },
  ATT_FILE_TOO_LARGE: { cause: "A resource file is larger than 32 MiB.", cure: "Split it into several files." },
  ATT_FILE_UNREADABLE: {
    cause: "A resource file cannot be read.",
    cure: "Check that it exists and that you may read it.",
  },
  ATT_FILE_NONE: {
    cause: "The paths given hold no resource files.",
    cure: "Name a YAML or JSON file, or a folder that holds some.",
  },
  ATT_GATEWAY_NONE: {
    cause: "No Gateway of ours is among the objects, so there is nothing to run.",
    cure: "Add a Gateway and a GatewayClass whose controllerName is gateway.envoyproxy.io/gatewayclass-controller.",
  },
  ATT_MODULE_ADDRESS_DENIED: {
    cause: "A module's URL leads to an address that may not be reached from the control plane.",
    cure: "Serve the module from a public address, or allow private ones in the configuration.",
  },
  ATT_MODULE_CHECKSUM: {
    cause: "A module's content does not have the checksum that the policy states.",
    cure: "Correct the checksum, or find out who changed the module.",
  },
  ATT_MODULE_IMAGE: { cause: "A Wasm module is to be read from an image.", cure: "Serve the module over HTTP." },
  ATT_MODULE_INVALID: {
    cause: "What was fetched is no Wasm module.",
    cure: "Check the URL: it must give a module, plain, gzipped or as the first file of a tar.",
  },
  ATT_MODULE_OFFLINE: {
    cause: "A module is not in the store and fetching is off.",
    cure: "Run once without --offline.",
  },
  ATT_MODULE_REFUSED: {
    cause: "The server of a module's URL answered with an error, or the URL cannot be used.",
    cure: "Check the URL with a browser or curl.",
  },
  ATT_MODULE_STORE: {
    cause: "A module cannot be written to the store.",
    cure: "Check the disk and the folder's permissions.",
  },
  ATT_MODULE_TOO_LARGE: {
    cause: "A module is larger than 256 MiB, packed or unpacked.",
    cure: "Build a smaller module.",
  },
  ATT_MODULE_UNREACHABLE: {
    cause: "The server of a module's URL cannot be reached.",
    cure: "Check name, port and network; it is tried again by itself.",
  },
  ATT_STATUS_LISTEN: {
    cause: "The address for status, health and metrics cannot be opened.",
    cure: "Choose another address.",
  },
  ATT_STATE_DIRECTORY: {
    cause: "The folder for run state cannot be made or written.",
    cure: "Set ATTACHE_STATE_DIR to a folder you may write.",
  },
} as const
