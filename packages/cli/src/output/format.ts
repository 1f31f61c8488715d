import { styleText } from "node:util"
import { type Diagnostic, formatDiagnostic } from "@attache/base"

/** Forms of output. */
export const formats = ["text", "json", "yaml"] as const

/** One of {@link formats}. */
export type Format = (typeof formats)[number]

/** Whether talk may be coloured: standard error is a terminal and nobody said no. */
export function isColoured(
  env: Readonly<Record<string, string | undefined>> = process.env,
  stream = process.stderr,
): boolean {
  return stream.isTTY === true && (env.NO_COLOR ?? "") === ""
}

type Style = Parameters<typeof styleText>[0]

/** A text in a style, where colour may be used. */
export function styled(style: Style, text: string): string {
  return isColoured() ? styleText(style, text, { validateStream: false }) : text
}

/** Writes data to standard output in a form. */
export async function printData(format: Format, data: unknown, text: () => string): Promise<void> {
  if (format === "text") process.stdout.write(text())
  else process.stdout.write(await documentOf(format, data))
}

/** Data as a document; YAML reads the same under 1.1 and 1.2. */
export async function documentOf(format: "json" | "yaml", data: unknown): Promise<string> {
  if (format === "json") return `${JSON.stringify(data, undefined, 2)}\n`
  const { toYaml } = await import("@attache/kube-api")
  return toYaml(data)
}

/** A failure or a list of findings in the command's envelope. */
export interface Envelope {
  readonly ok: boolean
  readonly data?: unknown
  readonly errors: readonly Diagnostic[]
  readonly warnings: readonly Diagnostic[]
}

/** Splits findings into the envelope's lists. */
export function envelopeOf(findings: readonly Diagnostic[], data?: unknown): Envelope {
  const errors = findings.filter((d) => d.severity === "error")
  const warnings = findings.filter((d) => d.severity !== "error")
  return { ok: errors.length === 0, ...(data === undefined ? {} : { data }), errors, warnings }
}

/** Findings for people, one a line, on standard error. */
export function printFindings(findings: readonly Diagnostic[]): void {
  for (const finding of findings) {
    process.stderr.write(`${styled(finding.severity === "error" ? "red" : "yellow", formatDiagnostic(finding))}\n`)
  }
}

/** One line of talk. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
