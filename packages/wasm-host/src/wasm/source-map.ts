/** A place in a source file. */
export interface SourcePlace {
  readonly source: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
}

/** Finds the source of an offset in a module's file; undefined where the map says nothing. */
export type SourceMap = (offset: number) => SourcePlace | undefined

/** Mappings read at most; more is taken for a broken map. */
const mappingLimit = 5_000_000

interface Mapping {
  readonly offset: number
  readonly source: number
  readonly line: number
  readonly column: number
}

/**
 * Reads a source map of revision 3 of a Wasm module, as AssemblyScript and Emscripten write them: one line, whose columns
 * are offsets in the file. Undefined when the text is none.
 */
export function readSourceMap(text: string): SourceMap | undefined {
  const map = parse(text)
  if (map === undefined) return undefined
  const mappings = readMappings(map.mappings)
  if (mappings === undefined) return undefined
  return (offset) => {
    const found = lastBefore(mappings, offset)
    const source = found === undefined ? undefined : map.sources[found.source]
    return found === undefined || source === undefined
      ? undefined
      : { source, line: found.line + 1, column: found.column + 1 }
  }
}

/** A place as people write it. */
export function printPlace({ source, line, column }: SourcePlace): string {
  return `${source}:${line}:${column}`
}

function parse(text: string): { readonly mappings: string; readonly sources: readonly string[] } | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Not JSON, so not a source map.
    return undefined
  }
  if (typeof value !== "object" || value === null) return undefined
  const { mappings, sources } = value as { readonly mappings?: unknown; readonly sources?: unknown }
  if (typeof mappings !== "string" || !Array.isArray(sources)) return undefined
  return { mappings, sources: sources.map(String) }
}

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
const digitValues = new Map([...digits].map((digit, value) => [digit, value]))

/** Mappings with a source, by offset; undefined when they cannot be read. */
function readMappings(text: string): readonly Mapping[] | undefined {
  const out: Mapping[] = []
  let [offset, source, line, column] = [0, 0, 0, 0]
  const [first = ""] = text.split(";")
  for (const segment of first === "" ? [] : first.split(",")) {
    const numbers = readNumbers(segment)
    if (numbers === undefined || out.length >= mappingLimit) return undefined
    const [byOffset = 0, bySource, byLine = 0, byColumn = 0] = numbers
    offset += byOffset
    if (bySource === undefined) continue
    source += bySource
    line += byLine
    column += byColumn
    out.push({ offset, source, line, column })
  }
  return out.sort((a, b) => a.offset - b.offset)
}

/** The numbers of one segment in base 64 VLQ. */
function readNumbers(segment: string): readonly number[] | undefined {
  const out: number[] = []
  let [value, scale] = [0, 1]
  for (const digit of segment) {
    const bits = digitValues.get(digit)
    if (bits === undefined || scale > 2 ** 40) return undefined
    value += (bits & 31) * scale
    scale *= 32
    if (bits >= 32) continue
    out.push(value % 2 === 1 ? -(value - 1) / 2 : value / 2)
    value = 0
    scale = 1
  }
  return scale === 1 ? out : undefined
}

function lastBefore(mappings: readonly Mapping[], offset: number): Mapping | undefined {
  let [low, high] = [0, mappings.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((mappings[middle]?.offset ?? 0) <= offset) low = middle + 1
    else high = middle
  }
  return mappings[low - 1]
}
