import { type Diagnostic, printable } from "@attache/base"
import { type ExitCode, exitCodes } from "../exit.ts"
import { documentOf, envelopeOf, type Format, printFindings } from "../output/format.ts"

/**
 * Prints a result with its findings, in the command's envelope; exit 3 when one of them is an error.
 *
 * @param text one line for people, absent: none; names in it are other people's, and move no cursor
 */
export async function reportFindings(
  format: Format,
  findings: readonly Diagnostic[],
  data: unknown,
  text: () => string | undefined,
): Promise<ExitCode> {
  const envelope = envelopeOf(findings, data)
  if (format === "text") {
    printFindings(findings)
    const line = data === undefined ? undefined : text()
    if (line !== undefined) process.stdout.write(`${printable(line)}\n`)
  } else process.stdout.write(await documentOf(format, envelope))
  return envelope.ok ? exitCodes.done : exitCodes.findings
}
