import { type LevelName, levelNames } from "./abi/status.ts"

/** One line Envoy would have logged. */
export interface LogLine {
  readonly level: LevelName
  /** Envoy's logger: `wasm`, `main`. Empty for a line without a head, such as a backtrace's. */
  readonly logger: string
  /** May hold line ends. */
  readonly text: string
  /** Of a host call, with the option `callers`: the function of the module that made it, and its place in the source. */
  readonly caller?: string
}

/** Takes the lines of a proxy. */
export interface LogSink {
  /** Whether a level is printed; texts that nobody reads need not be built. */
  prints(level: LevelName): boolean
  write(level: LevelName, text: string, logger?: string, caller?: string): void
  /** Number of the least level printed, as `proxy_get_log_level` gives it. */
  readonly level: number
}

/** A sink that hands lines of at least a level to a function. */
export function createLogSink(least: LevelName, take: (line: LogLine) => void): LogSink {
  const level = levelNames.indexOf(least)
  const prints = (name: LevelName): boolean => levelNames.indexOf(name) >= level
  return {
    prints,
    level,
    write: (name, text, logger = "wasm", caller) => {
      if (prints(name)) take({ level: name, logger, text, ...(caller === undefined ? {} : { caller }) })
    },
  }
}

/** A line as Envoy's log format `%l|%n|%v` prints it. */
export function printLogLine({ level, logger, text }: LogLine): string {
  return logger === "" ? text : `${level}|${logger}|${text}`
}
