// Options that several verbs share, read from what the parser gives.
import { AttacheError } from "@attache/base"
import type { Format } from "./output/format.ts"

/** Options as the parser gives them. */
export type Options = Readonly<Record<string, unknown>>

/** A text option, or undefined. */
export function textOf(options: Options, name: string): string | undefined {
  const value = options[name]
  return typeof value === "string" ? value : undefined
}

/** A list option; absent: empty. */
export function listOf(options: Options, name: string): readonly string[] {
  const value = options[name]
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : []
}

/** Whether a switch is on. */
export function isOn(options: Options, name: string): boolean {
  return options[name] === true
}

/** The form of output. */
export function formatOf(options: Options): Format {
  return (textOf(options, "output") ?? "text") as Format
}

/** A number of seconds; absent: 30. Errors: ATT_USAGE_OPTION. */
export function secondsOf(options: Options, name: string): number {
  const seconds = Number(textOf(options, name) ?? "30")
  if (Number.isFinite(seconds) && seconds >= 0) return seconds
  throw usageError(`cannot read --${name}`, "write a number of seconds")
}

/** The file of --config, which may lie among the resources. */
export function appliedConfiguration(options: Options): { readonly configurationFile?: string } {
  const configurationFile = textOf(options, "config")
  return configurationFile === undefined ? {} : { configurationFile }
}

/** A usage error: exit 2, with the cure. */
export function usageError(message: string, hint: string): AttacheError {
  return new AttacheError("ATT_USAGE_OPTION", message, { hint })
}

/** Files and folders given with -f. Errors: ATT_USAGE_OPTION when there are none. */
export function pathsOf(options: Options): readonly string[] {
  const paths = listOf(options, "file")
  if (paths.length === 0) throw usageError("no resources given", "name files or folders with -f PATH")
  return paths
}

/** An address option `HOST:PORT` or `unix:PATH`. */
export function addressOf(
  text: string,
): { readonly unixPath: string } | { readonly host: string; readonly port: number } {
  if (text.startsWith("unix:")) return { unixPath: text.slice("unix:".length) }
  const colon = text.lastIndexOf(":")
  const port = Number(text.slice(colon + 1))
  if (colon < 0 || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw usageError(`cannot read address ${text}`, "write HOST:PORT or unix:PATH")
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, "") || "127.0.0.1", port }
}

/** Whether an address is this machine's own. */
export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.")
}
