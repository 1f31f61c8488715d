import { archiveCodes } from "./archive/codes.ts"

/** Error codes of this package: what each means and what cures it. Codes never change their meaning. */
export const codes = {
  ATT_OCI_DIGEST: {
    cause:
      "content does not have the digest by which it was asked for, or the digest has a form or algorithm unknown here",
    cure: "ask again, and if it stays so, find out who altered the content; sha256 and sha512 are known",
  },
  ...archiveCodes,
} as const
