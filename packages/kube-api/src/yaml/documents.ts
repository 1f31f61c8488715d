// A text to its YAML documents, with places.
import type { Diagnostic } from "@attache/base"
import { load, YAMLException } from "js-yaml"
import type { PathStep } from "../schema/path.ts"
import { inspect } from "./inspect.ts"
import { createLocator, type Found } from "./locate.ts"
import { isInteger, kubernetesSchema } from "./scalars.ts"
import { firstLine, type Part, splitDocuments } from "./split-documents.ts"

/** Limits on a text; larger ones give ATT_YAML_LIMIT. */
export interface YamlLimits {
  /** Default 32 MiB. */
  readonly bytes?: number
  /** Nesting. Default 100. */
  readonly depth?: number
  /** Documents in one text. Default 100 000. */
  readonly documents?: number
  /** Nodes of one document with its aliases written out. Default 1 000 000. */
  readonly nodes?: number
}

/** Line and column from 1; columns count UTF-16 units. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** One document. */
export interface YamlDocument {
  readonly value: unknown
  /** Where it begins. */
  readonly start: Position
  /** Where the member at a path begins; the nearest one above it when it is absent. */
  positionOf(path: readonly PathStep[]): Position
}

/** What a text holds; documents that cannot be read are diagnostics. */
export interface YamlReading {
  readonly documents: readonly YamlDocument[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Reads a text of YAML or JSON as Kubernetes reads it. Never throws. Documents without content are left out.
 *
 * A document that cannot be read is a diagnostic (ATT_YAML_SYNTAX, ATT_YAML_LIMIT, ATT_YAML_NUMBER) and leaves the others
 * as they are. Integers beyond 2^53 are rounded, with a warning (ATT_YAML_NUMBER).
 */
export function readYaml(text: string, file: string, limits: YamlLimits = {}): YamlReading {
  const { bytes = 32 * 1024 * 1024, documents: most = 100_000, depth = 100, nodes = 1_000_000 } = limits
  const whole: Fault = { code: "ATT_YAML_LIMIT", message: "", line: 1, column: 1 }
  const refuse = (message: string): YamlReading => ({
    documents: [],
    diagnostics: [diagnosticOf({ ...whole, message }, file)],
  })
  if (Buffer.byteLength(text) > bytes) return refuse(`more than ${bytes} bytes`)
  // A lone carriage return is a line break too; one that is written otherwise keeps all offsets.
  const parts = splitDocuments(text.includes("\r") ? text.replaceAll(/\r(?!\n)/g, "\n") : text)
  if (parts.length > most) return refuse(`more than ${most} documents`)
  const documents: YamlDocument[] = []
  const diagnostics: Diagnostic[] = []
  for (const part of parts) {
    const { document, faults } = readPart(part, depth, nodes)
    if (document !== undefined) documents.push(document)
    for (const fault of faults) diagnostics.push(diagnosticOf(fault, file))
  }
  return { documents, diagnostics }
}

interface Fault extends Position {
  readonly code: "ATT_YAML_SYNTAX" | "ATT_YAML_LIMIT" | "ATT_YAML_NUMBER"
  readonly message: string
  readonly severity?: "warning"
  readonly hint?: string
}

interface PartReading {
  readonly document: YamlDocument | undefined
  readonly faults: readonly Fault[]
}

function diagnosticOf({ code, message, severity, line, column, hint }: Fault, file: string): Diagnostic {
  const base = { code, severity: severity ?? "error", message, file, line, column } as const
  return hint === undefined ? base : { ...base, hint }
}

function readPart(part: Part, maxDepth: number, maxNodes: number): PartReading {
  let value: unknown
  try {
    value = load(part.text, { schema: kubernetesSchema, maxDepth })
  } catch (error) {
    return { document: undefined, faults: [syntaxFault(error, part)] }
  }
  if (value === undefined || value === null) return { document: undefined, faults: [] }
  const { isTooLarge, oddNumbers } = inspect(value, maxNodes)
  const start = { line: firstLine(part), column: 1 }
  if (isTooLarge) {
    const message = `more than ${maxNodes} values, with aliases written out`
    return { document: undefined, faults: [{ code: "ATT_YAML_LIMIT", message, ...start }] }
  }
  const { plainOf, positionOf } = createPlaces(part, maxDepth)
  const faults = oddNumbers.flatMap(({ path, value: odd }) => numberFault(odd, plainOf(path), positionOf(path)))
  const isReadable = faults.every(({ severity }) => severity === "warning")
  return { document: isReadable ? { value, start, positionOf } : undefined, faults }
}

/** Places by path, by line and column; the text is looked at when the first is asked for. */
function createPlaces({ text, offset }: Part, maxDepth: number) {
  let find: ((path: readonly PathStep[]) => Found) | undefined
  let lineStarts: readonly number[] | undefined
  const locate = (path: readonly PathStep[]): Found => {
    find ??= createLocator(text, maxDepth) ?? (() => ({ offset: 0, plain: undefined }))
    return find(path)
  }
  const positionOf = (path: readonly PathStep[]): Position => {
    const at = locate(path).offset
    lineStarts ??= startsOfLines(text)
    const line = lastNotAfter(lineStarts, at)
    return { line: offset + line + 1, column: at - (lineStarts[line] ?? 0) + 1 }
  }
  return { plainOf: (path: readonly PathStep[]) => locate(path).plain, positionOf }
}

function startsOfLines(text: string): readonly number[] {
  const starts = [0]
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) starts.push(end + 1)
  return starts
}

/** Index of the last of ascending numbers that is not larger than a limit. */
function lastNotAfter(ascending: readonly number[], limit: number): number {
  let low = 0
  let high = ascending.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((ascending[middle] ?? 0) <= limit) low = middle
    else high = middle - 1
  }
  return low
}

function numberFault(value: number, plain: string | undefined, place: Position): readonly Fault[] {
  if (!Number.isFinite(value))
    return [{ code: "ATT_YAML_NUMBER", message: `${plain ?? value} is no number that an object can hold`, ...place }]
  if (plain === undefined || !isInteger(plain)) return []
  const message = `integer ${plain} is larger than 2^53 and read as ${BigInt(value)}`
  return [
    { code: "ATT_YAML_NUMBER", severity: "warning", message, ...place, hint: "quote it if it is meant as a text" },
  ]
}

function syntaxFault(error: unknown, part: Part): Fault {
  const start = { line: firstLine(part), column: 1 }
  if (!(error instanceof YAMLException)) {
    const message = error instanceof Error ? error.message : String(error)
    return { code: "ATT_YAML_SYNTAX", message, ...start }
  }
  const { line, column = 0 } = (error.mark ?? {}) as { readonly line?: number; readonly column?: number }
  const place = line === undefined ? start : { line: line + part.offset + 1, column: column + 1 }
  const isLimit = /depth|nesting|exceeded|abnormal/i.test(error.reason)
  return { code: isLimit ? "ATT_YAML_LIMIT" : "ATT_YAML_SYNTAX", message: error.reason, ...place }
}
