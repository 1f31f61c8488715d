/** Error codes of this package. Codes never change their meaning. */
export const codes = {
  ATT_TESTING_NOT_STARTED: {
    cause: "the proxy refused the plugins: a module that does not load, or one that refuses its configuration",
    cure: "read the log lines in the message; attache wasm inspect FILE tells what a module lacks",
  },
  ATT_TESTING_UNTIL_TIMEOUT: {
    cause: "what a test waited for did not happen: 60 s of virtual time in the host, 10 s of real time on Envoy",
    cure: "look at the last log lines in the message; a plugin that stopped, or a timer that was never set",
  },
} as const

/** One of {@link codes}. */
export type TestingCode = keyof typeof codes
