import { proxy_get_log_level, proxy_log } from "./abi"
import { LogLevel } from "./enums"
import { begin, end, putText, roomFor, words } from "./memory"

let mayAsk = false

/** Called once the host has created a context: before that only `proxy_log` itself may be called. */
export function allowLevelQuestions(): void {
  mayAsk = true
}

function write(level: LogLevel, message: string): void {
  begin(roomFor(changetype<usize>(message)))
  const at = putText(changetype<usize>(message))
  proxy_log(level, at, end() - at)
}

/** Lines in Envoy's `wasm` log. */
export namespace log {
  /** Whether lines of a level are shown, for messages that are costly to build. */
  export function isEnabled(level: LogLevel): bool {
    if (!mayAsk || proxy_get_log_level(words) != 0) return true
    return (level as u32) >= load<u32>(words)
  }
  export function trace(message: string): void {
    if (isEnabled(LogLevel.Trace)) write(LogLevel.Trace, message)
  }
  export function debug(message: string): void {
    if (isEnabled(LogLevel.Debug)) write(LogLevel.Debug, message)
  }
  export function info(message: string): void {
    write(LogLevel.Info, message)
  }
  export function warn(message: string): void {
    write(LogLevel.Warn, message)
  }
  export function error(message: string): void {
    write(LogLevel.Error, message)
  }
  export function critical(message: string): void {
    write(LogLevel.Critical, message)
  }
}
