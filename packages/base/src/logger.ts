import { printable } from "./printable.ts"

/** From most to least talkative. */
export const logLevels = ["debug", "info", "warn", "error"] as const

/** One of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number]

/** Facts of a log line: flat, printable, never secret. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

/** Four levels and nothing else. Each call writes one line; control characters come out escaped. Messages are lower case without full stop. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

/** How log lines look and where they go. */
export interface LoggerOptions {
  /** Default `info`. */
  readonly level?: LogLevel
  /** `text` for people, `json` one object a line. Default `text`. */
  readonly format?: "text" | "json"
  /** Gets one line without its end. Default: standard error. */
  readonly write?: (line: string) => void
  /** Time of a line, milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number
}

/** A logger that writes lines to standard error. */
export function createLogger(options: LoggerOptions = {}): Logger {
  const least = logLevels.indexOf(options.level ?? "info")
  const write = options.write ?? ((line: string) => void process.stderr.write(`${line}\n`))
  const now = options.now ?? Date.now
  const line = (level: LogLevel, message: string, fields: LogFields): string => {
    const time = new Date(now()).toISOString()
    // The three names are ours, whatever the fields are called.
    const own = { time, level, message }
    if (options.format === "json") return JSON.stringify({ ...own, ...fields, ...own })
    const facts = Object.entries(fields).flatMap(([k, v]) => (v === undefined ? [] : [` ${k}=${quoted(v)}`]))
    return `${time} ${level.padEnd(5)} ${printable(message)}${facts.join("")}`
  }
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (logLevels.indexOf(level) >= least) write(line(level, message, fields))
    }
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") }
}

/** A logger that drops everything. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }

function quoted(value: string | number | boolean): string {
  const text = String(value)
  if (printable(text) === text && !/[\s"=]/.test(text) && text !== "") return text
  return `"${printable(text.replaceAll("\\", "\\\\").replaceAll('"', '\\"'))}"`
}
