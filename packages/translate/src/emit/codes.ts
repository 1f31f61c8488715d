/** Codes of emission, for the package's table. */
export const emitCodes = {
  ATT_TRANSLATE_EMIT: {
    cause: "a part of the configuration could not be encoded, by a mistake of this program",
    cure: "report it with the object that is named; until then that route or backend answers with an error, all others work",
  },
} as const
