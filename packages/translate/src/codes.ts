/** Codes of translation: what each means and what cures it. Codes never change their meaning. */
export const codes = {
  ATT_TRANSLATE_EMIT: {
    cause: "a part of the configuration could not be encoded, by a mistake of this program",
    cure: "report it with the object that is named; until then that route or backend answers with an error, all others work",
  },
} as const
