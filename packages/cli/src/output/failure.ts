// The one way an error leaves the command: a line for people, an envelope for programs, an exit code for scripts.
import { type Diagnostic, errorFrom } from "@attache/base"
import { type ExitCode, exitCodeOf } from "../exit.ts"
import { documentOf, type Envelope, type Format, say, styled } from "./format.ts"

/** Reports an error, with the cure of its code where it brings none, and gives the exit code it stands for. */
export async function reportFailure(error: unknown, format: Format): Promise<ExitCode> {
  const failure = errorFrom(error, "ATT_CLI_FAILED", "failed")
  const cure = failure.hint ?? (await import("../known-codes.ts")).knownCodes[failure.code]?.cure
  if (format === "text") {
    say(`${styled("red", "error:")} ${failure.message}`)
    if (cure !== undefined) say(`  ${cure}`)
    say(`  [${failure.code}]`)
  } else {
    const hint = cure === undefined ? {} : { hint: cure }
    const entry: Diagnostic = { code: failure.code, severity: "error", message: failure.message, ...hint }
    const envelope: Envelope & { readonly facts: unknown } = {
      ok: false,
      errors: [entry],
      warnings: [],
      facts: failure.facts,
    }
    process.stdout.write(await documentOf(format, envelope))
  }
  return exitCodeOf(failure.code)
}
