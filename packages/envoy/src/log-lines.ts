import { StringDecoder } from "node:string_decoder"

/** Envoy's log levels from most to least talkative, and `raw` for text that is no log line, such as a backtrace. */
export const envoyLogLevels = ["trace", "debug", "info", "warning", "error", "critical", "raw"] as const

/** One of {@link envoyLogLevels}. */
export type EnvoyLogLevel = (typeof envoyLogLevels)[number]

/** Who spoke through Envoy's log, where the text tells. */
export interface LogSubject {
  readonly mechanism: "lua" | "wasm" | "dynamic_module" | "xds"
  /**
   * Wasm: plugin name, root id and VM id as far as they are set, divided by spaces; without the name when the plugin's
   * root context speaks. {@link wasmPluginOf} finds the plugin. Lua scripts have no such words.
   */
  readonly prefix?: string
  /** xDS: the type URL of a refused response. */
  readonly typeUrl?: string
  /** Listener or route configuration that a refusal names. */
  readonly resource?: string
  /** What was said, without Envoy's words around it. */
  readonly text: string
}

/** One line of Envoy's log. */
export interface EnvoyLogLine {
  readonly level: EnvoyLogLevel
  /** Milliseconds since the epoch; absent for `raw` and for lines in Envoy's own format. */
  readonly timeMs?: number
  /** Name of the logger (`main`, `config`, `lua`, `wasm`); empty for `raw`. */
  readonly logger: string
  readonly thread?: number
  /** `file:line` in Envoy's source. */
  readonly source?: string
  /** May hold line breaks. */
  readonly message: string
  readonly subject?: LogSubject
}

/**
 * Value of `--log-format` that {@link parseLogLine} reads: epoch seconds, level, logger, thread, place and the
 * JSON-escaped message, divided by tabs, so that a message of many lines stays one line.
 */
export const logFormat = "%E.%e\t%l\t%n\t%t\t%g:%#\t%j"

/** Parses one line in our format or in Envoy's default one; anything else is `raw`. Never throws. */
export function parseLogLine(line: string): EnvoyLogLine {
  const own = /^(\d{1,12}\.\d{3})\t(\w+)\t([^\t]*)\t(\d+)\t([^\t]*)\t(.*)$/s.exec(line)
  if (own !== null) {
    const [, time = "", level = "", logger = "", thread = "", source = "", text = ""] = own
    const head = { timeMs: Math.round(Number(time) * 1000), logger, thread: Number(thread), source }
    return finished(levelOf(level), head, unescapeJson(text))
  }
  const usual = /^\[[\d-]{10} [\d:.]{8,15}\]\[(\d+)\]\[(\w+)\]\[([^\]]*)\] (?:\[([^\]]*)\] )?(.*)$/s.exec(line)
  if (usual === null) return { level: "raw", logger: "", message: line }
  const [, thread = "", level = "", logger = "", source, text = ""] = usual
  const head = { logger, thread: Number(thread), ...(source === undefined ? {} : { source }) }
  return finished(levelOf(level), head, text)
}

/** What Envoy puts before a Wasm plugin's words. Empty texts count as unset, as in Envoy's configuration. */
export interface WasmPluginNames {
  readonly name: string
  readonly rootId: string
  readonly vmId: string
}

/**
 * The plugin that spoke a line, among those that are configured; undefined when none or several fit.
 *
 * Source: Envoy 1.40 puts `name root_id vm_id` before what a stream says and `root_id vm_id` before what the root context says.
 */
export function wasmPluginOf<T extends WasmPluginNames>(subject: LogSubject, plugins: readonly T[]): T | undefined {
  if (subject.mechanism !== "wasm" || subject.prefix === undefined) return undefined
  const words = (...parts: readonly string[]) => parts.filter((part) => part !== "").join(" ")
  const exact = plugins.filter((plugin) => words(plugin.name, plugin.rootId, plugin.vmId) === subject.prefix)
  const fitting =
    exact.length > 0 ? exact : plugins.filter((plugin) => words(plugin.rootId, plugin.vmId) === subject.prefix)
  return fitting.length === 1 ? fitting[0] : undefined
}

/** A consumer of chunks that calls once per line. */
export interface LineReader {
  push(chunk: Uint8Array): void
  /** Gives what is left as a last line. */
  end(): void
}

/**
 * Splits a byte stream into lines without their ends.
 *
 * @param limit characters after which an endless line is given in pieces, default 1 Mi
 */
export function createLineReader(onLine: (line: string) => void, limit = 1 << 20): LineReader {
  const decoder = new StringDecoder("utf8")
  let rest = ""
  const take = (text: string) => {
    const lines = (rest + text).split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) onLine(line.endsWith("\r") ? line.slice(0, -1) : line)
    while (rest.length >= limit) {
      onLine(rest.slice(0, limit))
      rest = rest.slice(limit)
    }
  }
  return {
    push: (chunk) => take(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))),
    end: () => {
      take(decoder.end())
      if (rest !== "") onLine(rest)
      rest = ""
    },
  }
}

function finished(level: EnvoyLogLevel, head: Omit<EnvoyLogLine, "level" | "message">, message: string): EnvoyLogLine {
  const subject = subjectOf(level, head.logger, message)
  return { level, ...head, message, ...(subject === undefined ? {} : { subject }) }
}

function subjectOf(level: EnvoyLogLevel, logger: string, message: string): LogSubject | undefined {
  const lua = logger === "lua" ? /^script (?:log|error): (.*)$/s.exec(message) : null
  if (lua !== null) return { mechanism: "lua", text: lua[1] ?? "" }
  if (logger === "wasm") return wasmSubject(level, message)
  if (logger === "dynamic_modules") return { mechanism: "dynamic_module", text: message }
  const refused = /^(?:gRPC|delta|REST) config for (type\.googleapis\.com\/\S+) rejected: (.*)$/s.exec(message)
  if (refused === null) return undefined
  const [, typeUrl = "", text = ""] = refused
  const resource = /^Error adding\/updating (?:listener|cluster)\(s\) ([^\s:]+): /.exec(text)?.[1]
  return { mechanism: "xds", typeUrl, ...(resource && { resource }), text }
}

function wasmSubject(level: EnvoyLogLevel, message: string): LogSubject | undefined {
  const said = /^wasm log(?: (\S.*?))?: (.*)$/s.exec(message)
  if (said !== null) return { mechanism: "wasm", ...(said[1] && { prefix: said[1] }), text: said[2] ?? "" }
  // Traps and modules that cannot be loaded name nobody.
  return level === "error" || level === "critical" ? { mechanism: "wasm", text: message } : undefined
}

function levelOf(name: string): EnvoyLogLevel {
  if (name === "warn") return "warning"
  return envoyLogLevels.find((level) => level === name) ?? "raw"
}

function unescapeJson(text: string): string {
  try {
    const value: unknown = JSON.parse(`"${text}"`)
    return typeof value === "string" ? value : text
  } catch {
    return text
  }
}
