import { listOf, type Options, usageError } from "../options.ts"

/** `--annotation KEY=VALUE`, the last of one key. Errors: ATT_USAGE_OPTION. */
export function annotationsOfOptions(options: Options): Readonly<Record<string, string>> {
  return Object.fromEntries(
    listOf(options, "annotation").map((text) => {
      const at = text.indexOf("=")
      if (at < 1) throw usageError(`cannot read --annotation ${text}`, "write KEY=VALUE")
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}
