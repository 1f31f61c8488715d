import { AttacheError } from "@attache/base"
import type { LevelName } from "@attache/wasm-host"
import type { TestingCode } from "./codes.ts"
import type { PluginLogLine } from "./proxy.ts"

/** A line of the proxy's `wasm` logger, told apart from those it says itself. */
export function pluginLogLine(level: LevelName, line: string): PluginLogLine {
  const said = /^wasm log(?: (\S.*?))?: (.*)$/s.exec(line)
  return said === null ? { level, from: undefined, text: line } : { level, from: said[1] ?? "", text: said[2] ?? "" }
}

/** An error of this package that shows the last log lines. */
export function failureWithLog(code: TestingCode, what: string, logs: readonly PluginLogLine[]): AttacheError {
  const lines = logs
    .slice(-10)
    .map(({ level, from, text }) => `\n  ${level} ${from === undefined || from === "" ? "" : `${from}: `}${text}`)
  return new AttacheError(code, `${what}${lines.join("")}`)
}
