import { type BacktraceFrame, readBacktrace } from "./wasm/backtrace.ts"
import { printPlace, type SourceMap, type SourcePlace } from "./wasm/source-map.ts"

/** A frame of the module with its place in the source, where a source map tells. */
export interface ModuleFrame extends BacktraceFrame {
  readonly place?: SourcePlace
}

/** A call into the module that ended in a trap. */
export interface Trap {
  /** The callback or other export that was called. */
  readonly where: string
  /** The engine's words, such as `RuntimeError: unreachable`. */
  readonly error: string
  /** Innermost first, 20 at most. */
  readonly frames: readonly ModuleFrame[]
}

/** Finds frames of the module in stacks of the engine. */
export type Locate = (error: Error) => readonly ModuleFrame[]

/** A function that finds frames. @param shift see `limitMemory` */
export function createLocator(
  names: ReadonlyMap<number, string>,
  shift: number,
  sourceMap: SourceMap | undefined,
): Locate {
  return (error) =>
    readBacktrace(error.stack ?? "", names, shift).map((frame) => {
      const place = sourceMap?.(frame.offset)
      return place === undefined ? frame : { ...frame, place }
    })
}

/** A frame as people read it: the function's name or number, and where it stands in the source or else in the file. */
export function printFrame({ name, functionIndex, offset, place }: ModuleFrame): string {
  const where = place === undefined ? `0x${offset.toString(16)}` : printPlace(place)
  return `${name ?? `function ${functionIndex}`} (${where})`
}
