import type { EnvoyLogLine } from "./log-lines.ts"

/**
 * Envoy's own reason for an early end, from the last lines it wrote: the last critical one, else the last error, else
 * the last text; empty when it wrote nothing.
 *
 * The name of the bootstrap file is taken out, because the file is ours and gone by then; so are the marks that protobuf
 * puts into debug texts to keep them from being parsed.
 */
export function reasonOf(lines: readonly EnvoyLogLine[], bootstrapPath: string): string {
  const said = lines.filter((line) => line.message.trim() !== "")
  const worst =
    said.findLast((line) => line.level === "critical") ?? said.findLast((line) => line.level === "error") ?? said.at(-1)
  if (worst === undefined) return ""
  return worst.message
    .replaceAll(/goo\.gle\/debug\w*\s*/g, "")
    .replaceAll(bootstrapPath, "bootstrap.json")
    .replace(/^error initializing configuration '\s*bootstrap\.json': /, "")
    .replace(/^error `(.*)` initializing config '\s*bootstrap\.json'$/s, "$1")
    .replaceAll(/ {2,}/g, " ")
    .trim()
    .slice(0, 4_000)
}
