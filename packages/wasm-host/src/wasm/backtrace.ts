/** Frames Envoy prints of a trap, innermost first. */
export const backtraceFrames = 20

/** Where in the module a trap came from. */
export interface BacktraceFrame {
  readonly functionIndex: number
  /** Offset in the module's file. */
  readonly offset: number
  /** From the name section. */
  readonly name?: string
}

const place = /wasm-function\[(\d+)\]:0x([0-9a-f]+)/

/** The frames of an error inside the module, read from the engine's stack. @param shift see `limitMemory` */
export function readBacktrace(
  stack: string,
  names: ReadonlyMap<number, string>,
  shift: number,
): readonly BacktraceFrame[] {
  const frames: BacktraceFrame[] = []
  for (const line of stack.split("\n")) {
    const found = place.exec(line)
    if (found === null) continue
    const functionIndex = Number(found[1])
    const name = names.get(functionIndex)
    frames.push({
      functionIndex,
      offset: Number.parseInt(found[2] ?? "0", 16) - shift,
      ...(name === undefined ? {} : { name }),
    })
    if (frames.length === backtraceFrames) break
  }
  return frames
}

/** Lines as Envoy prints them after the trap's own line. */
export function printBacktrace(frames: readonly BacktraceFrame[]): readonly string[] {
  return [
    "Proxy-Wasm plugin in-VM backtrace:",
    ...frames.map(
      ({ functionIndex, offset, name }, i) =>
        `${String(i).padStart(3)}:  0x${offset.toString(16)} - ${name ?? `unknown(function index:${functionIndex})`}`,
    ),
  ]
}

/** Runs with a stack deep enough for a backtrace across host calls. */
export function withDeepStack<T>(run: () => T): T {
  const before = Error.stackTraceLimit
  Error.stackTraceLimit = 100
  try {
    return run()
  } finally {
    Error.stackTraceLimit = before
  }
}
