/** Cause and cure of every error and finding code of this package; the documentation and `attache explain` print them. Codes never change their meaning. */
export const codes = {
  ATT_FILE_CONFIGURATION: {
    cause:
      "a document that configures the control plane, such as EnvoyGateway, stands among the resources, and has no effect there",
    cure: "give the file with --config, which applies it",
  },
  ATT_FILE_KIND: {
    cause: "an object is of a kind that is known and judged, and that nothing is made of, such as SecurityPolicy",
    cure: "see to what it asks for in another way, as with an EnvoyExtensionPolicy or an EnvoyPatchPolicy, or take it out",
  },
  ATT_FILE_DUPLICATE_OBJECT: {
    cause: "the same object stands in two files, or twice in one; the first by path and place is used",
    cure: "keep one of the two",
  },
  ATT_FILE_LAST_GOOD: {
    cause: "a resource file was broken when the control plane started, so what an earlier run kept of it is in force",
    cure: "correct the errors that are reported for the file; until then its Secrets have no data",
  },
  ATT_FILE_NONE: {
    cause: "the paths given hold no resource files",
    cure: "name a YAML or JSON file, or a folder that holds some",
  },
  ATT_FILE_TOO_LARGE: { cause: "a resource file is larger than 32 MiB", cure: "split it into several files" },
  ATT_FILE_TOO_MANY: {
    cause: "the paths given hold more than 20,000 resource files; those after them by path are left out",
    cure: "put more objects into each file",
  },
  ATT_FILE_UNREADABLE: {
    cause: "a resource file cannot be read; its last good objects stay in force",
    cure: "check that it is a regular file and that you may read it",
  },
  ATT_GATEWAY_NONE: {
    cause: "no Gateway of ours is among the objects, so there is nothing to run",
    cure: "add a Gateway and a GatewayClass whose controllerName is gateway.envoyproxy.io/gatewayclass-controller",
  },
  ATT_JUDGE_ENVOY_DIED: {
    cause: "an Envoy ended while it judged what it was offered; one that dies of its configuration has a bug",
    cure: "take objects out until it lives, and report the rest to the Envoy project",
  },
  ATT_MODULE_ADDRESS_DENIED: {
    cause: "a module's URL leads to an address that may not be reached from the control plane",
    cure: "serve the module from a public address, or allow this one with an AddressPolicy in the file of --config",
  },
  ATT_MODULE_CHECKSUM: {
    cause: "a module's content, or the manifest of its image, does not have the checksum that the policy states",
    cure: "correct the checksum, or find out who changed the module",
  },
  ATT_MODULE_INVALID: {
    cause: "what was fetched is no Wasm module",
    cure: "check the URL: it must give a module, plain, gzipped or as the first file of a tar archive",
  },
  ATT_MODULE_LAYOUT: {
    cause: "a policy names an image layout in a folder of the machine that the control plane runs on for others",
    cure: "push the image to a registry; layouts are for a control plane that runs for who owns the machine",
  },
  ATT_MODULE_LISTEN: {
    cause: "the address for modules that Envoys fetch cannot be opened",
    cure: "choose another address",
  },
  ATT_MODULE_TLS: {
    cause: "the certificate, key or authorities of the module server cannot be used, or do not fit together",
    cure: "give tls.crt, tls.key and ca.crt in PEM, each whole; ca.crt holds who signs the certificates of proxies",
  },
  ATT_MODULE_OFFLINE: { cause: "a module is not in the store and fetching is off", cure: "run once without --offline" },
  ATT_MODULE_REFUSED: {
    cause: "the server of a module's URL answered with an error, or the URL cannot be used",
    cure: "check the URL with a browser or curl",
  },
  ATT_MODULE_STORE: {
    cause: "a module cannot be written to the store",
    cure: "check the disk and the folder's permissions",
  },
  ATT_MODULE_TOO_LARGE: {
    cause: "a module is larger than 256 MiB, packed or unpacked",
    cure: "build a smaller module",
  },
  ATT_MODULE_UNREACHABLE: {
    cause: "the server of a module's URL cannot be reached or is too slow, or the pull of an image takes too long",
    cure: "check name, port and network; it is tried again by itself",
  },
  ATT_STATE_DIRECTORY: {
    cause: "the folder for run state cannot be made or written, or belongs to somebody else",
    cure: "set ATTACHE_STATE_DIR to a folder you may write",
  },
  ATT_STATUS_LISTEN: {
    cause: "the address for status, health and metrics cannot be opened",
    cure: "choose another address",
  },
} as const

/** A code of this package. */
export type ControlPlaneErrorCode = keyof typeof codes
