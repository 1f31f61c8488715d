// A text to its YAML documents, with places. One parser reads values, fast; another finds places, only when somebody asks.
import type { Diagnostic } from "@attache/base"
import { load, YAMLException } from "js-yaml"
import { isMap, isNode, isSeq, LineCounter, parseDocument } from "yaml"
import type { PathStep } from "../schema/path.ts"
import { kubernetesSchema } from "./scalars.ts"

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

/** Line and column from 1. */
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

/** Reads a text of YAML or JSON. Never throws. */
export function readYaml(text: string, file: string, limits: YamlLimits = {}): YamlReading {
  const limit = limits.bytes ?? 32 * 1024 * 1024
  const fault = (code: string, message: string, place: Position): Diagnostic => ({
    code,
    severity: "error",
    message,
    file,
    ...place,
  })
  if (Buffer.byteLength(text) > limit) {
    return { documents: [], diagnostics: [fault("ATT_YAML_LIMIT", `more than ${limit} bytes`, { line: 1, column: 1 })] }
  }
  const parts = splitDocuments(text)
  if (parts.length > (limits.documents ?? 100_000)) {
    return {
      documents: [],
      diagnostics: [
        fault("ATT_YAML_LIMIT", `more than ${limits.documents ?? 100_000} documents`, { line: 1, column: 1 }),
      ],
    }
  }
  const documents: YamlDocument[] = []
  const diagnostics: Diagnostic[] = []
  for (const part of parts) {
    try {
      const value: unknown = load(part.text, { schema: kubernetesSchema, maxDepth: limits.depth ?? 100 })
      if (value === undefined || value === null) continue
      if (countNodes(value, limits.nodes ?? 1_000_000) === undefined) {
        diagnostics.push(fault("ATT_YAML_LIMIT", "aliases make the document too large", startOf(part)))
        continue
      }
      documents.push(documentOf(part, value))
    } catch (error) {
      diagnostics.push(syntaxFault(error, part, fault))
    }
  }
  return { documents, diagnostics }
}

interface Part {
  readonly text: string
  /** Lines before the text, in the whole. */
  readonly offset: number
}

/** Splits at `---` in the first column, which ends a document wherever it stands. Source: YAML 1.1, 7.2. */
export function splitDocuments(text: string): readonly Part[] {
  const parts: Part[] = []
  let from = 0
  let offset = 0
  let lines = 0
  const push = (to: number): void => {
    const slice = text.slice(from, to)
    if (/\S/.test(slice)) parts.push({ text: slice, offset })
  }
  for (let at = 0; at <= text.length; ) {
    const end = text.indexOf("\n", at)
    const stop = end < 0 ? text.length : end
    if (text.startsWith("---", at) && (stop - at === 3 || /[\s]/.test(text[at + 3] ?? "")) && at > from) {
      push(at)
      from = at
      offset = lines
    }
    if (end < 0) break
    lines++
    at = end + 1
  }
  push(text.length)
  return parts
}

/** Nodes with aliases written out, or undefined when there are more than the limit. */
function countNodes(value: unknown, limit: number): number | undefined {
  const stack: unknown[] = [value]
  let count = 0
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    count++
    if (count > limit) return undefined
    if (typeof node !== "object" || node === null) continue
    for (const member of Array.isArray(node) ? node : Object.values(node)) if (member !== undefined) stack.push(member)
  }
  return count
}

function documentOf(part: Part, value: unknown): YamlDocument {
  let locate: ((path: readonly PathStep[]) => Position) | undefined
  return {
    value,
    start: startOf(part),
    positionOf: (path) => {
      locate ??= locator(part)
      return locate(path)
    },
  }
}

function startOf({ text, offset }: Part): Position {
  const lines = text.split("\n")
  const index = lines.findIndex((line, i) => /^\s*[^\s#]/.test(line) && !(i === 0 && /^---\s*(#.*)?$/.test(line)))
  return { line: offset + Math.max(index, 0) + 1, column: 1 }
}

function locator({ text, offset }: Part): (path: readonly PathStep[]) => Position {
  const counter = new LineCounter()
  const document = parseDocument(text, {
    version: "1.1",
    merge: true,
    lineCounter: counter,
    keepSourceTokens: false,
    uniqueKeys: false,
  })
  return (path) => {
    let node: unknown = document.contents
    let place = rangeOf(node)
    for (const step of path) {
      const next = memberOf(node, step)
      if (next === undefined) break
      node = next.value
      place = next.place ?? place
    }
    const { line, col } = counter.linePos(place ?? 0)
    return { line: line + offset, column: col }
  }
}

function memberOf(
  node: unknown,
  step: PathStep,
): { readonly value: unknown; readonly place: number | undefined } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(
      ({ key }) => String((key as { value?: unknown } | null)?.value ?? key) === String(step),
    )
    return pair === undefined ? undefined : { value: pair.value, place: rangeOf(pair.key) }
  }
  if (!isSeq(node) || typeof step !== "number") return undefined
  const item = node.items[step]
  return item === undefined ? undefined : { value: item, place: rangeOf(item) }
}

function rangeOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}

function syntaxFault(
  error: unknown,
  part: Part,
  fault: (code: string, message: string, place: Position) => Diagnostic,
): Diagnostic {
  if (!(error instanceof YAMLException))
    return fault("ATT_YAML_SYNTAX", error instanceof Error ? error.message : String(error), startOf(part))
  const mark = error.mark as { readonly line?: number; readonly column?: number } | undefined
  const place =
    mark?.line === undefined ? startOf(part) : { line: mark.line + part.offset + 1, column: (mark.column ?? 0) + 1 }
  const isLimit = /depth|nesting/i.test(error.reason)
  return fault(isLimit ? "ATT_YAML_LIMIT" : "ATT_YAML_SYNTAX", error.reason, place)
}
