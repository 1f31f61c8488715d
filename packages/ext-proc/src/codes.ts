/** Error codes of this package: what happened and what to do about it. */
export const codes = {
  ATT_EXT_PROC_HANDLER_FAILED: {
    cause: "a handler threw or its promise was rejected; the stream was failed and Envoy's failure mode decided",
    cure: "read the logged reason and stack; catch what may fail inside the handler",
  },
  ATT_EXT_PROC_HANDLER_TIMEOUT: {
    cause: "a handler's promise was not settled within handlerTimeoutMs; the stream was failed",
    cure: "make the handler faster, or raise handlerTimeoutMs together with the filter's message timeout",
  },
  ATT_EXT_PROC_ADDRESS_IN_USE: {
    cause: "another process listens on the socket path or port",
    cure: "stop that process or listen elsewhere",
  },
  ATT_EXT_PROC_ADDRESS_INVALID: {
    cause: "the socket path is relative, too long for the system, or names a file that is not a socket",
    cure: "use an absolute path of at most 107 bytes that does not exist yet",
  },
  ATT_EXT_PROC_LISTEN_FAILED: {
    cause: "the system refused to listen on the address",
    cure: "check that the directory exists and that this user may write to it",
  },
  ATT_EXT_PROC_CERTIFICATE: {
    cause: "the certificate or the key that a server should show cannot be read, or they do not belong together",
    cure: "give both in PEM, the server's own certificate first; the key without a passphrase",
  },
} as const

/** One of the keys of {@link codes}. */
export type ExtProcCode = keyof typeof codes
