import type { Diagnostic } from "@attache/base"
import { type ExitCode, exitCodes } from "../exit.ts"
import { documentOf, envelopeOf, type Format, printFindings } from "../output/format.ts"

/** Prints a result with its findings, in the command's envelope; exit 3 when one of them is an error. */
export async function reportFindings(
  format: Format,
  findings: readonly Diagnostic[],
  data: unknown,
  text: () => string,
): Promise<ExitCode> {
  const envelope = envelopeOf(findings, data)
  if (format === "text") {
    printFindings(findings)
    if (data !== undefined) process.stdout.write(text())
  } else process.stdout.write(await documentOf(format, envelope))
  return envelope.ok ? exitCodes.done : exitCodes.findings
}
