/** Cause and cure of every error code of this package; the documentation and `attache explain` print them. */
export const codes = {
  ATT_XDS_ADDRESS_IN_USE: {
    cause: "another process listens on the address or socket given for xDS",
    cure: "stop that process, or choose another address with --xds-address",
  },
  ATT_XDS_ADDRESS_UNAVAILABLE: {
    cause: "the address given for xDS does not belong to this machine or cannot be resolved",
    cure: "use an address of this machine, such as 127.0.0.1:0 or unix:PATH",
  },
  ATT_XDS_PERMISSION: {
    cause: "this user may not listen on the address or create the socket given for xDS",
    cure: "use a port from 1024 up, or a socket in a directory that belongs to you",
  },
  ATT_XDS_SOCKET_PATH_TOO_LONG: {
    cause: "the path of a Unix socket is longer than the operating system allows (107 bytes on Linux, 103 on macOS)",
    cure: "use a shorter path, for instance below /run or /tmp; the one of `attache run` is below TMPDIR",
  },
  ATT_XDS_SOCKET_PATH_TAKEN: {
    cause: "the path given for the xDS socket exists and is not a socket, so it is left alone",
    cure: "remove the file yourself or choose another path",
  },
  ATT_XDS_SOCKET_DIRECTORY_MISSING: {
    cause: "the directory of the xDS socket does not exist",
    cure: "create it with mode 0700",
  },
  ATT_XDS_TLS: {
    cause: "the certificate, key or certificate authority for xDS cannot be used",
    cure: "give PEM files: a certificate chain, the matching key, and the authority that signs client certificates",
  },
  ATT_XDS_LISTEN: {
    cause: "the xDS server could not listen for a reason the operating system gives",
    cure: "see the cause in the message",
  },
  ATT_XDS_BAD_REQUEST: {
    cause: "a client sent something that is no discovery request, or one for another type than its stream carries",
    cure: "check that the client speaks xDS version 3 to this address",
  },
  ATT_XDS_REQUEST_TOO_LARGE: {
    cause: "a client sent a request with more bytes than the server allows",
    cure: "raise the limit of bytes, or divide the configuration between proxies",
  },
  ATT_XDS_NODE_MISSING: {
    cause: "the first request of a stream does not say which proxy it comes from",
    cure: "set node.cluster and node.id in the proxy's bootstrap",
  },
  ATT_XDS_TOO_MANY_STREAMS: {
    cause: "more clients are connected than the server was told to allow",
    cure: "raise the limit of streams, or connect fewer proxies to one control plane",
  },
  ATT_XDS_TOO_MANY_TYPES: {
    cause: "one stream asks for more resource types than the server allows",
    cure: "check the client: Envoy asks for fewer than a dozen",
  },
  ATT_XDS_TOO_MANY_NAMES: {
    cause: "one stream subscribes to more names of one type than the server allows",
    cure: "raise the limit of names, or divide the configuration between proxies",
  },
} as const
